import { useEffect } from "react";
import { castellan } from "../castellan";
import { useAction } from "../calls";
import { ProblemNotice } from "../ui";

/** What somebody who is not signed in sees, whatever page they asked for; they get there after signing in. */
export function Landing({ location }: { location: URL }) {
  const signIn = useAction(() => castellan.auth.signInWithRedirect({ returnTo: location.pathname + location.search }));
  useEffect(() => {
    document.title = "Customer portal";
  }, []);
  const invited = location.pathname === "/invite";
  return (
    <main className="landing">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>{invited ? "You have been invited" : "Customer portal"}</h1>
      <p>
        {invited
          ? "Go on with the address that the invitation was sent to: sign in, or create an account on the next page."
          : "Your organisations, the people in them, and what they did. One place, one sign-in."}
      </p>
      <button type="button" onClick={() => void signIn.run()} disabled={signIn.busy}>Sign in</button>
      <ProblemNotice problem={signIn.error} />
    </main>
  );
}
