import type { Tenant } from "@castellan/client";
import { castellan } from "../castellan";
import { useAction, useList, useLoad } from "../calls";
import { mayManage, mayWork } from "../roles";
import { Link } from "../router";
import { statusName } from "../statuses";
import { ConfirmButton, Field, Form, ProblemNotice, Rows, Section, Time } from "../ui";

const NO_TASK = "This task does not exist any more.";

/** A task with what people say about it. */
export function Task({ tenant, project, id }: { tenant: Tenant; project: string; id: string }) {
  const records = castellan.tenant(tenant.id);
  const comments = records.from("comments");
  const me = useLoad("me", () => castellan.me.get());
  const members = useLoad(tenant.id, () => castellan.members.list(tenant.id, { limit: 200 }));
  const task = useLoad(id, () => records.from("tasks").get(id));
  const said = useList(`comments:${id}`, (query) =>
    comments.list({ filter: { task_id: id }, sort: "created_at", ...query }));
  const create = useAction((text: string) => comments.create({ task_id: id, text }));
  const remove = useAction((comment: string) => comments.delete(comment));

  const nameOf = (user: string | null) => {
    const member = members.data?.items.find((one) => one.user_id === user);
    return member ? member.name ?? member.email : "Somebody who is not here any more";
  };
  const submit = async ({ text = "" }: Record<string, string>, form: HTMLFormElement) => {
    if ((await create.run(text)).error !== null) return;
    form.reset();
    void said.reload();
  };
  const runRemove = async (comment: string) => {
    await remove.run(comment);
    void said.reload();
  };

  return (
    <>
      <p className="back"><Link href={`/organisations/${tenant.id}/projects/${project}`}>Back to the project</Link></p>
      <ProblemNotice problem={task.error} missing={NO_TASK} />
      {task.data && (
        <Section title={task.data.title}>
          <p><span className="badge">{statusName(task.data.status)}</span></p>
          <Rows {...said} label="Comments" empty="Nobody has said anything yet.">
            {(comment) => (
              <li key={comment.id}>
                <span className="main">
                  <span>{comment.text}</span>
                  <small>{members.data && nameOf(comment.owner_id)} · <Time at={comment.created_at} /></small>
                </span>
                {(mayManage(tenant.role) || comment.owner_id === me.data?.id) && (
                  <ConfirmButton name={`Delete the comment “${comment.text}”`} question="Delete this comment?"
                    act={() => void runRemove(comment.id)} busy={remove.busy}>
                    Delete
                  </ConfirmButton>
                )}
              </li>
            )}
          </Rows>
          {mayWork(tenant.role) && (
            <Form label="New comment" onSend={(values, form) => void submit(values, form)}>
              <Field label="Comment" name="text" required maxLength={2000} problem={create.error} />
              <button disabled={create.busy}>Add comment</button>
            </Form>
          )}
          <ProblemNotice problem={create.error ?? remove.error} missing={NO_TASK} />
        </Section>
      )}
    </>
  );
}
