import { castellan } from "../castellan";
import { useAction } from "../calls";
import { Link, navigate } from "../router";
import { ProblemNotice, Screen } from "../ui";

/** The page that an invitation's mail links to. */
export function InviteLink({ token }: { token: string }) {
  const accept = useAction(() => castellan.invitations.accept({ token }));
  const run = async () => {
    const { data } = await accept.run();
    if (data) navigate(`/organisations/${data.tenant_id}`, { replace: true });
  };
  return (
    <Screen title="Join an organisation">
      {token === ""
        ? <p>This link is incomplete. Open it again from the mail, or ask for a new invitation.</p>
        : (
          <>
            <p>You have been invited to an organisation. Accept to become a member of it.</p>
            <div className="buttons">
              <button type="button" onClick={() => void run()} disabled={accept.busy}>Accept invitation</button>
              <Link href="/">Not now</Link>
            </div>
          </>
        )}
      <ProblemNotice problem={accept.error} missing="This invitation does not exist or has ended." />
      {accept.error && <p><Link href="/">Your organisations</Link></p>}
    </Screen>
  );
}
