import type { Problem } from "@castellan/client";
import { useEffect, useState } from "react";
import { castellan } from "../castellan";
import { Link, navigate } from "../router";
import { ProblemNotice } from "../ui";

/** Where Castellan's sign-in page sends people back to. */
export function Callback() {
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    void castellan.auth.handleCallback().then(({ data, error }) => {
      if (error === null) navigate(data.returnTo, { replace: true });
      // The page was loaded again after it had done its work.
      else if (castellan.auth.signedIn) navigate("/", { replace: true });
      else setProblem(error);
    });
  }, []);

  if (problem === null) return <main className="landing"><p role="status">Signing you in…</p></main>;
  const declined = problem.code === "access_denied";
  return (
    <main className="landing">
      <h1>{declined ? "You are not signed in" : "Sign-in did not work"}</h1>
      {declined ? <p>{problem.detail ?? "You did not agree."}</p> : <ProblemNotice problem={problem} />}
      <p><Link href="/">Back to the start</Link></p>
    </main>
  );
}
