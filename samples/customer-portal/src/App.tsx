import { castellan } from "./castellan";
import { useFrozen, useLoad, useSignedIn } from "./calls";
import { Link, useLocation } from "./router";
import { Account } from "./screens/Account";
import { Callback } from "./screens/Callback";
import { Home } from "./screens/Home";
import { InviteLink } from "./screens/InviteLink";
import { Landing } from "./screens/Landing";
import { Organisation } from "./screens/Organisation";
import { Screen } from "./ui";

export function App() {
  const signedIn = useSignedIn();
  const location = useLocation();
  if (location.pathname === "/callback") return <Callback />;
  return signedIn ? <Portal location={location} /> : <Landing location={location} />;
}

function Portal({ location }: { location: URL }) {
  const user = useLoad("me", () => castellan.me.get());
  const current = (path: string) => (location.pathname === path ? "page" as const : undefined);
  return (
    <>
      <a className="skip" href="#main">Skip to content</a>
      <header>
        <Link href="/" className="brand"><img src="/icon.svg" alt="" />Customer portal</Link>
        <nav aria-label="Main">
          <Link href="/" aria-current={current("/")}>Organisations</Link>
          <Link href="/account" aria-current={current("/account")}>Account</Link>
        </nav>
        <span className="who">{user.data?.name ?? user.data?.email}</span>
        <button type="button" className="quiet" onClick={() => void castellan.auth.signOut()}>Sign out</button>
      </header>
      <FrozenBanner />
      <main id="main">
        <CurrentScreen location={location} onProfileChange={() => void user.reload()} />
      </main>
    </>
  );
}

function CurrentScreen({ location, onProfileChange }: { location: URL; onProfileChange: () => void }) {
  const [area, id, tab, ...rest] = location.pathname.split("/").filter(Boolean);
  if (area === undefined) return <Home />;
  if (area === "account") return <Account onProfileChange={onProfileChange} />;
  if (area === "invite") return <InviteLink token={location.searchParams.get("token") ?? ""} />;
  if (area === "organisations" && id) return <Organisation key={id} id={id} tab={tab ?? "projects"} rest={rest} />;
  return <Screen title="Page not found"><p><Link href="/">Go to your organisations</Link></p></Screen>;
}

function FrozenBanner() {
  if (!useFrozen()) return null;
  return (
    <p role="status" className="banner">
      <strong>Read-only.</strong> This app is frozen: you can look at everything, but nothing can be changed for now.
    </p>
  );
}
