import type { Problem } from "@castellan/client";
import {
  useEffect, useId, useRef, useState, type FormEvent, type InputHTMLAttributes, type ReactNode,
} from "react";

/** A screen: names the page, and hands the focus to its heading so that a screen reader reads from there. */
export function Screen({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Customer portal`;
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {children}
    </>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="card">
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/**
 * What went wrong, what to do about it, and what to tell support. `missing` is what to say where nothing was found: the
 * backend says the same whatever was looked for, and says it to developers.
 */
export function ProblemNotice({ problem, missing = "This is not there any more, or you may not see it." }: {
  problem: Problem | null;
  missing?: string | undefined;
}) {
  if (problem === null) return null;
  // What these two say is for developers.
  const plain = { not_found: missing, rule_denied: "Your role does not let you do this." }[problem.code];
  return (
    <div role="alert" className="problem">
      {plain
        ? <p>{plain}</p>
        : <p>{problem.title !== problem.detail && <strong>{problem.title}.</strong>} {problem.detail}</p>}
      {!plain && problem.fix && problem.errors.length === 0 && <p className="fix">{problem.fix}</p>}
      {problem.errors.length > 0 && (
        <ul>
          {problem.errors.map((error) => (
            <li key={error.pointer + error.code}>{error.detail} {error.fix}</li>
          ))}
        </ul>
      )}
      <p className="reference">{problem.code}{problem.request_id && ` · ${problem.request_id}`}</p>
    </div>
  );
}

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  name: string;
  problem?: Problem | null;
}

export function Field({ label, name, problem, ...input }: FieldProps) {
  const id = useId();
  const wrong = problem?.errors.some((error) => error.pointer === `/${name}`) ?? false;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} name={name} aria-invalid={wrong} {...input} />
    </div>
  );
}

/** Hands over the fields by name, trimmed. */
export function Form({ onSend, children, label }: {
  onSend: (values: Record<string, string>, form: HTMLFormElement) => void;
  children: ReactNode;
  label: string;
}) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]);
    onSend(Object.fromEntries(fields) as Record<string, string>, event.currentTarget);
  };
  return <form className="line" aria-label={label} onSubmit={submit}>{children}</form>;
}

/** A button that asks before it acts. */
export function ConfirmButton({ name, children, question, act, busy }: {
  /** Its accessible name, which says on what it acts. */
  name: string;
  children: string;
  question: string;
  act: () => void;
  busy?: boolean;
}) {
  const [asking, setAsking] = useState(false);
  const id = useId();
  return (
    <>
      <button type="button" className="quiet danger" aria-label={name} disabled={busy} onClick={() => setAsking(true)}>
        {children}
      </button>
      {asking && (
        <dialog ref={open} aria-labelledby={id} onClose={() => setAsking(false)}>
          <p id={id}>{question}</p>
          <form method="dialog" className="buttons">
            <button className="quiet">Cancel</button>
            <button className="danger" onClick={act}>{children}</button>
          </form>
        </dialog>
      )}
    </>
  );
}

/** Strict mode hands a ref over twice, and a dialog may be opened once. */
function open(dialog: HTMLDialogElement | null): void {
  if (dialog && !dialog.open) dialog.showModal();
}

/** The rows of a list, or the words for what is missing, failed or still coming. */
export function Rows<Item>({ items, error, more, label, empty, children }: {
  items: Item[] | null;
  error: Problem | null;
  more: (() => void) | null;
  label: string;
  empty: string;
  children: (item: Item) => ReactNode;
}) {
  return (
    <>
      <ProblemNotice problem={error} />
      {items === null && error === null && <p className="faint" role="status">Loading…</p>}
      {items?.length === 0 && <p className="faint">{empty}</p>}
      {items !== null && items.length > 0 && <ul className="rows" aria-label={label}>{items.map(children)}</ul>}
      {more && <button type="button" className="quiet" onClick={more}>Show more</button>}
    </>
  );
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const exact = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

export function Time({ at }: { at: string }) {
  const date = new Date(at);
  const seconds = (date.getTime() - Date.now()) / 1000;
  const [unit, length] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 1];
  const words = unit === "second" ? "just now" : relative.format(Math.round(seconds / length), unit);
  return <time dateTime={at} title={exact.format(date)}>{words}</time>;
}
