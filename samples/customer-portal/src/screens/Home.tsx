import { castellan } from "../castellan";
import { useAction, useList } from "../calls";
import { roleName } from "../roles";
import { Link, navigate } from "../router";
import { Field, Form, ProblemNotice, Rows, Screen, Section, Time } from "../ui";

export function Home() {
  const organisations = useList("tenants", (query) => castellan.tenants.list(query));
  const create = useAction((name: string) => castellan.tenants.create({ name }));
  const submit = async ({ name = "" }: Record<string, string>) => {
    const { data } = await create.run(name);
    if (data) navigate(`/organisations/${data.id}`);
  };

  return (
    <Screen title="Organisations">
      <InvitationsToMe />
      <Section title="Your organisations">
        <Rows {...organisations} label="Your organisations" empty="You are in none yet. Create the first one.">
          {(tenant) => (
            <li key={tenant.id}>
              <Link href={`/organisations/${tenant.id}`} className="main">{tenant.name}</Link>
              {tenant.role && <span className="badge">{roleName(tenant.role)}</span>}
            </li>
          )}
        </Rows>
      </Section>
      <Section title="New organisation">
        <Form label="New organisation" onSend={(values) => void submit(values)}>
          <Field label="Organisation name" name="name" required maxLength={200} autoComplete="organization"
            problem={create.error} />
          <button disabled={create.busy}>Create organisation</button>
        </Form>
        <ProblemNotice problem={create.error} />
      </Section>
    </Screen>
  );
}

function InvitationsToMe() {
  const invitations = useList("my-invitations", (query) => castellan.me.invitations(query));
  const accept = useAction((id: string) => castellan.invitations.accept({ invitation_id: id }));
  if (invitations.error === null && !invitations.items?.length) return null;

  const run = async (id: string, tenant: string) => {
    const { error } = await accept.run(id);
    if (error === null) navigate(`/organisations/${tenant}`);
  };
  return (
    <Section title="Invitations for you">
      <Rows {...invitations} label="Invitations for you" empty="">
        {(invitation) => (
          <li key={invitation.id}>
            <span className="main" id={invitation.id}>
              {invitation.tenant_name}
              <small>as {roleName(invitation.role)} · ends <Time at={invitation.expires_at} /></small>
            </span>
            <button type="button" aria-describedby={invitation.id} disabled={accept.busy}
              onClick={() => void run(invitation.id, invitation.tenant_id)}>
              Accept invitation
            </button>
          </li>
        )}
      </Rows>
      <ProblemNotice problem={accept.error} missing="This invitation does not exist or has ended." />
    </Section>
  );
}
