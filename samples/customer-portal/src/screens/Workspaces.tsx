import type { Workspace } from "@castellan/client";
import { useState } from "react";
import { castellan } from "../castellan";
import { useAction, useList } from "../calls";
import { mayManage } from "../roles";
import { ConfirmButton, Field, Form, ProblemNotice, Rows, Section, Time } from "../ui";
import type { TabProps } from "./Organisation";

export function Workspaces({ tenant }: TabProps) {
  const workspaces = useList(tenant.id, (query) => castellan.workspaces.list(tenant.id, query));
  const create = useAction((name: string) => castellan.workspaces.create(tenant.id, { name }));
  const manages = mayManage(tenant.role);
  const submit = async ({ name = "" }: Record<string, string>, form: HTMLFormElement) => {
    const { error } = await create.run(name);
    if (error !== null) return;
    form.reset();
    void workspaces.reload();
  };

  return (
    <Section title="Workspaces">
      <Rows {...workspaces} label="Workspaces" empty="There is no workspace yet.">
        {(workspace) => (
          <Row key={workspace.id} workspace={workspace} manages={manages} changed={() => void workspaces.reload()} />
        )}
      </Rows>
      {manages && (
        <Form label="New workspace" onSend={(values, form) => void submit(values, form)}>
          <Field label="Workspace name" name="name" required maxLength={200} problem={create.error} />
          <button disabled={create.busy}>Create workspace</button>
        </Form>
      )}
      <ProblemNotice problem={create.error} />
    </Section>
  );
}

function Row({ workspace, manages, changed }: { workspace: Workspace; manages: boolean; changed: () => void }) {
  const [renaming, setRenaming] = useState(false);
  const { id, tenant_id, version: ifMatch } = workspace;
  const rename = useAction((name: string) => castellan.workspaces.update(tenant_id, id, { name }, { ifMatch }));
  const remove = useAction(() => castellan.workspaces.delete(tenant_id, id, { ifMatch }));

  const submit = async ({ name = "" }: Record<string, string>) => {
    const { error } = await rename.run(name);
    if (error !== null) return;
    setRenaming(false);
    changed();
  };
  const runRemove = async () => {
    const { error } = await remove.run();
    if (error === null) changed();
  };

  if (renaming) {
    return (
      <li>
        <Form label={`Rename ${workspace.name}`} onSend={(values) => void submit(values)}>
          <Field label="New name" name="name" defaultValue={workspace.name} required maxLength={200} autoFocus
            problem={rename.error} />
          <button disabled={rename.busy}>Save</button>
          <button type="button" className="quiet" onClick={() => setRenaming(false)}>Cancel</button>
        </Form>
        <ProblemNotice problem={rename.error} missing="This workspace does not exist any more." />
      </li>
    );
  }
  return (
    <li>
      <span className="main">{workspace.name}<small>changed <Time at={workspace.updated_at} /></small></span>
      {manages && (
        <span className="buttons">
          <button type="button" className="quiet" aria-label={`Rename ${workspace.name}`}
            onClick={() => setRenaming(true)}>
            Rename
          </button>
          <ConfirmButton name={`Delete ${workspace.name}`} question={`Delete the workspace ${workspace.name}?`}
            act={() => void runRemove()} busy={remove.busy}>
            Delete
          </ConfirmButton>
        </span>
      )}
      <ProblemNotice problem={remove.error} missing="This workspace does not exist any more." />
    </li>
  );
}
