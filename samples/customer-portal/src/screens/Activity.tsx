import { castellan } from "../castellan";
import { useList } from "../calls";
import { Rows, Section, Time } from "../ui";
import type { TabProps } from "./Organisation";

/** What the operations of the audit log are called here. */
const WORDS: Record<string, string> = {
  "tenants.create": "created the organisation",
  "tenants.update": "changed the organisation",
  "tenants.delete": "deleted the organisation",
  "tenants.restore": "restored the organisation",
  "tenants.install": "let another app in",
  "tenants.uninstall": "shut another app out",
  "workspaces.create": "created a workspace",
  "workspaces.update": "changed a workspace",
  "workspaces.delete": "deleted a workspace",
  "members.add": "added a member to a workspace",
  "members.update": "changed a member’s role",
  "members.remove": "removed a member",
  "members.leave": "left the organisation",
  "invitations.create": "invited someone",
  "invitations.cancel": "withdrew an invitation",
  "invitations.accept": "joined by invitation",
};

export function Activity({ tenant }: TabProps) {
  const activity = useList(tenant.id, (query) => castellan.tenants.activity(tenant.id, query));
  return (
    <Section title="Recent activity">
      <Rows {...activity} label="Recent activity" empty="Nothing has happened yet.">
        {(entry) => (
          <li key={entry.id}>
            <span className="main">
              <span>
                <strong>{entry.actor.display ?? entry.actor.id}</strong> {WORDS[entry.action] ?? entry.action}
                {entry.reason && <>: {entry.reason}</>}
              </span>
              <small><Time at={entry.at} /></small>
            </span>
            {entry.outcome === "denied" && <span className="badge danger">refused</span>}
          </li>
        )}
      </Rows>
    </Section>
  );
}
