import type { Member, Role } from "@castellan/client";
import { useState } from "react";
import { castellan } from "../castellan";
import { useAction, useList } from "../calls";
import { mayManage, roleName, ROLES } from "../roles";
import { ConfirmButton, ProblemNotice, Rows, Section } from "../ui";
import type { TabProps } from "./Organisation";

export function Members({ tenant, reload }: TabProps) {
  const members = useList(tenant.id, (query) => castellan.members.list(tenant.id, query));
  const changed = () => {
    void members.reload();
    // It may have been one's own role.
    reload();
  };
  return (
    <Section title="Members">
      <Rows {...members} label="Members" empty="Nobody is here.">
        {(member) => (
          <Row key={member.id} tenant={tenant.id} member={member} manages={mayManage(tenant.role)} changed={changed} />
        )}
      </Rows>
    </Section>
  );
}

function Row({ tenant, member, manages, changed }: {
  tenant: string;
  member: Member;
  manages: boolean;
  changed: () => void;
}) {
  const ifMatch = member.version;
  const update = useAction((role: Role) => castellan.members.update(tenant, member.id, { role }, { ifMatch }));
  const remove = useAction(() => castellan.members.remove(tenant, member.id, { ifMatch }));
  const [now, setNow] = useState<Role | null>(null);
  const change = async (role: Role) => {
    setNow(null);
    if ((await update.run(role)).error !== null) return;
    setNow(role);
    changed();
  };
  const runRemove = async () => {
    if ((await remove.run()).error === null) changed();
  };

  return (
    <li>
      <span className="main">{member.name ?? member.email}{member.name && <small>{member.email}</small>}</span>
      {manages
        ? (
          <span className="buttons">
            <select aria-label={`Role of ${member.email}`} value={member.role} disabled={update.busy}
              onChange={(event) => void change(event.target.value as Role)}>
              {ROLES.map((role) => <option key={role} value={role}>{roleName(role)}</option>)}
            </select>
            <ConfirmButton name={`Remove ${member.email}`} busy={remove.busy}
              question={`Remove ${member.email} from the organisation?`} act={() => void runRemove()}>
              Remove
            </ConfirmButton>
          </span>
        )
        : <span className="badge">{roleName(member.role)}</span>}
      {now && <small role="status">The role is {roleName(now)} now.</small>}
      <ProblemNotice problem={update.error ?? remove.error} missing="This person is not a member any more." />
    </li>
  );
}
