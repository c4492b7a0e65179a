import { useState } from "react";
import { castellan } from "../castellan";
import { useAction } from "../calls";
import { mayManage } from "../roles";
import { navigate } from "../router";
import { ConfirmButton, Field, Form, ProblemNotice, Section } from "../ui";
import type { TabProps } from "./Organisation";

const NO_ORGANISATION = "This organisation does not exist any more, or you are no longer a member of it.";

export function Settings({ tenant, reload }: TabProps) {
  const { id, name, version: ifMatch } = tenant;
  const rename = useAction((to: string) => castellan.tenants.update(id, { name: to }, { ifMatch }));
  const leave = useAction(() => castellan.members.leave(id));
  const remove = useAction(() => castellan.tenants.delete(id, { ifMatch }));
  const [saved, setSaved] = useState(false);

  const submit = async (values: Record<string, string>) => {
    setSaved(false);
    const { error } = await rename.run(values["name"] ?? "");
    if (error !== null) return;
    setSaved(true);
    reload();
  };
  const away = async (action: Promise<{ error: unknown }>) => {
    if ((await action).error === null) navigate("/", { replace: true });
  };

  return (
    <>
      {mayManage(tenant.role) && (
        <Section title="Name">
          <Form label="Name" onSend={(values) => void submit(values)}>
            <Field label="Organisation name" name="name" defaultValue={name} required maxLength={200}
              problem={rename.error} />
            <button disabled={rename.busy}>Save</button>
          </Form>
          <p role="status">{saved && "Saved."}</p>
          <ProblemNotice problem={rename.error} missing={NO_ORGANISATION} />
        </Section>
      )}
      <Section title="Leave">
        <p>You lose access at once. Someone who manages the organisation can invite you again.</p>
        <ConfirmButton name="Leave organisation" question={`Leave ${name}?`} busy={leave.busy}
          act={() => void away(leave.run())}>
          Leave organisation
        </ConfirmButton>
        <ProblemNotice problem={leave.error} missing={NO_ORGANISATION} />
      </Section>
      {tenant.role === "owner" && (
        <Section title="Delete">
          <p>Everyone loses access. It can be restored for 30 days.</p>
          <ConfirmButton name="Delete organisation" question={`Delete ${name} for everyone?`} busy={remove.busy}
            act={() => void away(remove.run())}>
            Delete organisation
          </ConfirmButton>
          <ProblemNotice problem={remove.error} missing={NO_ORGANISATION} />
        </Section>
      )}
    </>
  );
}
