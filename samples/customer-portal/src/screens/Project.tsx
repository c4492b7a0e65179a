import type { Tenant } from "@castellan/client";
import { castellan } from "../castellan";
import type { Task } from "../castellan-types";
import { useAction, useList, useLoad } from "../calls";
import { mayWork } from "../roles";
import { Link } from "../router";
import { STATUSES, statusName } from "../statuses";
import { Field, Form, ProblemNotice, Rows, Section } from "../ui";

const NO_PROJECT = "This project does not exist any more.";

/** A project with its tasks. */
export function Project({ tenant, id }: { tenant: Tenant; id: string }) {
  const records = castellan.tenant(tenant.id);
  const project = useLoad(id, () => records.from("projects").get(id));
  const tasks = useList(`tasks:${id}`, (query) =>
    records.from("tasks").list({ filter: { project_id: id }, sort: "created_at", ...query }));
  const create = useAction((title: string) => records.from("tasks").create({ project_id: id, title }));
  const submit = async ({ title = "" }: Record<string, string>, form: HTMLFormElement) => {
    if ((await create.run(title)).error !== null) return;
    form.reset();
    void tasks.reload();
  };

  return (
    <>
      <p className="back"><Link href={`/organisations/${tenant.id}/projects`}>All projects</Link></p>
      <ProblemNotice problem={project.error} missing={NO_PROJECT} />
      {project.data && (
        <Section title={project.data.name}>
          {project.data.summary && <p>{project.data.summary}</p>}
          <Rows {...tasks} label="Tasks" empty="There is nothing to do yet.">
            {(task) => <Row key={task.id} tenant={tenant} task={task} changed={() => void tasks.reload()} />}
          </Rows>
          {mayWork(tenant.role) && (
            <Form label="New task" onSend={(values, form) => void submit(values, form)}>
              <Field label="Task" name="title" required maxLength={200} problem={create.error} />
              <button disabled={create.busy}>Add task</button>
            </Form>
          )}
          <ProblemNotice problem={create.error} missing={NO_PROJECT} />
        </Section>
      )}
    </>
  );
}

function Row({ tenant, task, changed }: { tenant: Tenant; task: Task; changed: () => void }) {
  const update = useAction((status: Task["status"]) =>
    castellan.tenant(tenant.id).from("tasks").update(task.id, { status }, { ifMatch: task.version }));
  const change = async (status: Task["status"]) => {
    await update.run(status);
    // Also where it was refused: somebody else may have changed it.
    changed();
  };
  return (
    <li>
      <span className="main">
        <Link href={`/organisations/${tenant.id}/projects/${task.project_id}/${task.id}`}>{task.title}</Link>
      </span>
      {mayWork(tenant.role)
        ? (
          <span className="buttons">
            <select aria-label={`Status of ${task.title}`} value={task.status} disabled={update.busy}
              onChange={(event) => void change(event.target.value as Task["status"])}>
              {STATUSES.map((status) => <option key={status} value={status}>{statusName(status)}</option>)}
            </select>
          </span>
        )
        : <span className="badge">{statusName(task.status)}</span>}
      <ProblemNotice problem={update.error} missing="This task does not exist any more." />
    </li>
  );
}
