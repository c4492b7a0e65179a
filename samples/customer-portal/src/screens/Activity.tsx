import type { ActivityEntry } from "@castellan/client";
import { castellan } from "../castellan";
import { useList } from "../calls";
import { roleName } from "../roles";
import { Rows, Section, Time } from "../ui";
import type { TabProps } from "./Organisation";

type Words = (whom: string, role: string, id: string) => string;

/**
 * What the operations of the audit log are called here, with whom or what they were about. Castellan leaves out whom
 * the reader may not look up.
 */
const WORDS: Record<string, Words> = {
  "tenants.create": () => "created the organisation",
  "tenants.update": () => "changed the organisation",
  "tenants.delete": () => "deleted the organisation",
  "tenants.restore": () => "restored the organisation",
  "tenants.install": () => "let another app in",
  "tenants.uninstall": () => "shut another app out",
  "workspaces.create": (name) => `created ${name ? `the workspace ${name}` : "a workspace"}`,
  "workspaces.update": (name) => `changed ${name ? `the workspace ${name}` : "a workspace"}`,
  "workspaces.delete": () => "deleted a workspace",
  "workspaces.remove_member": (whom, role) => `took ${whom || "a member"} out of a workspace${as(role)}`,
  "members.add": (whom, role) => `added ${whom || "a member"} to a workspace${as(role)}`,
  "members.update": (whom, role) =>
    `changed ${whom ? `the role of ${whom}` : "a member’s role"}${role && ` to ${role}`}`,
  "members.remove": (whom, role) => `removed ${whom || "a member"}${role && `, who was ${role}`}`,
  "members.leave": () => "left the organisation",
  "invitations.create": (whom, role) => `invited ${whom || "someone"}${as(role)}`,
  "invitations.cancel": (whom) => `withdrew ${whom ? `the invitation of ${whom}` : "an invitation"}`,
  "invitations.accept": (_, role) => `joined by invitation${as(role)}`,
  "records.create": (_, __, id) => `added ${recordName(id)}`,
  "records.update": (_, __, id) => `changed ${recordName(id)}`,
  "records.delete": (_, __, id) => `deleted ${recordName(id)}`,
};

const RECORDS: Record<string, string> = { projects: "a project", tasks: "a task", comments: "a comment" };

/** The id of a record as a target is its collection and its own. */
const recordName = (id: string): string => RECORDS[id.split("/")[0] ?? ""] ?? "a record";

const as = (role: string): string => role && ` as ${role}`;

function sentence({ action, target }: ActivityEntry): string {
  const words = WORDS[action];
  return words ? words(target.display ?? "", target.role ? roleName(target.role) : "", target.id) : action;
}

export function Activity({ tenant }: TabProps) {
  const activity = useList(tenant.id, (query) => castellan.tenants.activity(tenant.id, query));
  return (
    <Section title="Recent activity">
      <Rows {...activity} label="Recent activity" empty="Nothing has happened yet.">
        {(entry) => (
          <li key={entry.id}>
            <span className="main">
              <span>
                <strong>{entry.actor.display ?? entry.actor.id}</strong> {sentence(entry)}
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
