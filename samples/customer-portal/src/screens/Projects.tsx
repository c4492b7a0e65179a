import { castellan } from "../castellan";
import { useAction, useList } from "../calls";
import { mayWork } from "../roles";
import { Link } from "../router";
import { Field, Form, ProblemNotice, Rows, Section } from "../ui";
import type { TabProps } from "./Organisation";
import { Project } from "./Project";
import { Task } from "./Task";

/** The projects of an organisation, one of them, or one of its tasks, as the address says. */
export function Projects({ tenant, rest: [project, task] }: TabProps) {
  if (task) return <Task key={task} tenant={tenant} project={project ?? ""} id={task} />;
  if (project) return <Project key={project} tenant={tenant} id={project} />;
  return <AllProjects tenant={tenant} />;
}

function AllProjects({ tenant }: Pick<TabProps, "tenant">) {
  const projects = castellan.tenant(tenant.id).from("projects");
  const all = useList(`projects:${tenant.id}`, (query) => projects.list({ sort: "name", ...query }));
  const create = useAction((name: string, summary: string) => projects.create({ name, summary: summary || null }));
  const submit = async ({ name = "", summary = "" }: Record<string, string>, form: HTMLFormElement) => {
    if ((await create.run(name, summary)).error !== null) return;
    form.reset();
    void all.reload();
  };

  return (
    <>
      <Section title="Projects">
        <Rows {...all} label="Projects" empty="There is no project yet.">
          {(project) => (
            <li key={project.id}>
              <span className="main">
                <Link href={`/organisations/${tenant.id}/projects/${project.id}`}>{project.name}</Link>
                {project.summary && <small>{project.summary}</small>}
              </span>
            </li>
          )}
        </Rows>
      </Section>
      {mayWork(tenant.role) && (
        <Section title="New project">
          <Form label="New project" onSend={(values, form) => void submit(values, form)}>
            <Field label="Project name" name="name" required maxLength={100} problem={create.error} />
            <Field label="Summary" name="summary" maxLength={500} problem={create.error} />
            <button disabled={create.busy}>Create project</button>
          </Form>
          <ProblemNotice problem={create.error} />
        </Section>
      )}
    </>
  );
}
