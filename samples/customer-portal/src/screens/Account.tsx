import type { Session, User } from "@castellan/client";
import { useState } from "react";
import { castellan } from "../castellan";
import { useAction, useList, useLoad } from "../calls";
import { ConfirmButton, Field, Form, ProblemNotice, Rows, Screen, Section, Time } from "../ui";

export function Account({ onProfileChange }: { onProfileChange: () => void }) {
  const user = useLoad("me", () => castellan.me.get());
  const changed = () => {
    void user.reload();
    onProfileChange();
  };
  return (
    <Screen title="Account">
      <ProblemNotice problem={user.error} />
      {user.data && <Profile user={user.data} changed={changed} />}
      <Sessions />
    </Screen>
  );
}

function Profile({ user, changed }: { user: User; changed: () => void }) {
  const update = useAction((name: string) => castellan.me.update({ name }, { ifMatch: user.version }));
  const [saved, setSaved] = useState(false);
  const submit = async ({ name = "" }: Record<string, string>) => {
    setSaved(false);
    const { error } = await update.run(name);
    if (error !== null) return;
    setSaved(true);
    changed();
  };
  return (
    <Section title="Profile">
      <p>{user.email}{!user.email_verified && " (not confirmed yet)"}</p>
      <Form label="Profile" onSend={(values) => void submit(values)}>
        <Field label="Your name" name="name" defaultValue={user.name ?? ""} maxLength={200} autoComplete="name"
          problem={update.error} />
        <button disabled={update.busy}>Save</button>
      </Form>
      <p role="status">{saved && "Saved."}</p>
      <ProblemNotice problem={update.error} />
      <p><a href={castellan.auth.accountUrl}>Password, sessions and account deletion</a></p>
    </Section>
  );
}

function Sessions() {
  const sessions = useList("sessions", (query) => castellan.sessions.list(query));
  const revokeAll = useAction(() => castellan.sessions.revokeAll());
  const runAll = async () => {
    const { error } = await revokeAll.run();
    if (error === null) void castellan.auth.signOut();
  };
  return (
    <Section title="Your sessions">
      <Rows {...sessions} label="Your sessions" empty="There is no session.">
        {(session) => <SessionRow key={session.id} session={session} changed={() => void sessions.reload()} />}
      </Rows>
      <ConfirmButton name="Sign out everywhere" question="Sign out on every device, this one included?"
        busy={revokeAll.busy} act={() => void runAll()}>
        Sign out everywhere
      </ConfirmButton>
      <ProblemNotice problem={revokeAll.error} />
    </Section>
  );
}

function SessionRow({ session, changed }: { session: Session; changed: () => void }) {
  const revoke = useAction(() => castellan.sessions.revoke(session.id));
  const device = deviceName(session.user_agent ?? "");
  const run = async () => {
    if ((await revoke.run()).error === null) changed();
  };
  return (
    <li>
      <span className="main">
        <span>{device} {session.current && <span className="badge">This device</span>}</span>
        <small>
          {session.ip && `${session.ip} · `}since <Time at={session.created_at} />, last
          used <Time at={session.last_used_at} />
        </small>
      </span>
      {!session.current && (
        <ConfirmButton name={`Revoke session on ${device}`} question={`Sign out on ${device}?`} busy={revoke.busy}
          act={() => void run()}>
          Revoke
        </ConfirmButton>
      )}
      <ProblemNotice problem={revoke.error} missing="This session has ended already." />
    </li>
  );
}

/** Order matters: Edge and Chrome also call themselves Safari, and Android also Linux. */
function deviceName(userAgent: string): string {
  const find = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = find([
    [/Edg\//, "Edge"], [/Firefox\//, "Firefox"], [/Chrome\//, "Chrome"], [/Safari\//, "Safari"],
  ]);
  const system = find([
    [/iPhone|iPad/, "iOS"], [/Android/, "Android"], [/Mac OS X/, "macOS"], [/Windows/, "Windows"], [/Linux/, "Linux"],
  ]);
  return browser && system ? `${browser} on ${system}` : browser ?? system ?? "an unknown device";
}
