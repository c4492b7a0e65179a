import type { Invitation, Role } from "@castellan/client";
import { useState } from "react";
import { castellan } from "../castellan";
import { useAction, useList } from "../calls";
import { mayManage, roleName, ROLES } from "../roles";
import { ConfirmButton, Field, Form, ProblemNotice, Rows, Section, Time } from "../ui";
import type { TabProps } from "./Organisation";

export function Invitations({ tenant }: TabProps) {
  const manages = mayManage(tenant.role);
  if (!manages) return <Section title="Invitations"><p>Owners and admins invite people.</p></Section>;
  return <ManagedInvitations tenant={tenant.id} />;
}

function ManagedInvitations({ tenant }: { tenant: string }) {
  const invitations = useList(tenant, (query) => castellan.invitations.list(tenant, query));
  const invite = useAction((email: string, role: Role) => castellan.invitations.create(tenant, { email, role }));
  const [invited, setInvited] = useState<string | null>(null);
  const submit = async ({ email = "", role }: Record<string, string>, form: HTMLFormElement) => {
    setInvited(null);
    const { error } = await invite.run(email, role as Role);
    if (error !== null) return;
    form.reset();
    setInvited(email);
    void invitations.reload();
  };

  const pending = invitations.items?.filter(({ state }) => state === "pending") ?? null;
  return (
    <>
      <Section title="Invite someone">
        <Form label="Invite someone" onSend={(values, form) => void submit(values, form)}>
          <Field label="E-mail address" name="email" type="email" required autoComplete="off" problem={invite.error} />
          <div className="field narrow">
            <label htmlFor="invite-role">Role</label>
            <select id="invite-role" name="role" defaultValue="member">
              {ROLES.map((role) => <option key={role} value={role}>{roleName(role)}</option>)}
            </select>
          </div>
          <button disabled={invite.busy}>Invite</button>
        </Form>
        <p role="status">{invited && `An invitation was sent to ${invited}.`}</p>
        <ProblemNotice problem={invite.error} />
      </Section>
      <Section title="Pending invitations">
        <Rows {...invitations} items={pending} label="Pending invitations" empty="No invitation is waiting.">
          {(invitation) => (
            <Row key={invitation.id} invitation={invitation} changed={() => void invitations.reload()} />
          )}
        </Rows>
      </Section>
    </>
  );
}

function Row({ invitation, changed }: { invitation: Invitation; changed: () => void }) {
  const cancel = useAction(() => castellan.invitations.cancel(invitation.tenant_id, invitation.id));
  const run = async () => {
    if ((await cancel.run()).error === null) changed();
  };
  return (
    <li>
      <span className="main">
        {invitation.email}
        <small>{roleName(invitation.role)} · ends <Time at={invitation.expires_at} /></small>
      </span>
      <ConfirmButton name={`Withdraw invitation of ${invitation.email}`} busy={cancel.busy}
        question={`Withdraw the invitation of ${invitation.email}? Its link stops working.`} act={() => void run()}>
        Withdraw
      </ConfirmButton>
      <ProblemNotice problem={cancel.error} missing="This invitation does not exist or has ended." />
    </li>
  );
}
