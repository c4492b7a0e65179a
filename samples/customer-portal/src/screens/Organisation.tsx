import type { Tenant } from "@castellan/client";
import { useEffect, useRef, type ComponentType } from "react";
import { castellan } from "../castellan";
import { onGone, useLoad } from "../calls";
import { roleName } from "../roles";
import { Link } from "../router";
import { ProblemNotice, Screen } from "../ui";
import { Activity } from "./Activity";
import { Invitations } from "./Invitations";
import { Members } from "./Members";
import { Projects } from "./Projects";
import { Settings } from "./Settings";
import { Workspaces } from "./Workspaces";

export interface TabProps {
  tenant: Tenant;
  reload: () => void;
  /** What of the address is behind the tab's name. */
  rest: string[];
}

const TABS: Record<string, ComponentType<TabProps>> = {
  projects: Projects, workspaces: Workspaces, members: Members, invitations: Invitations, activity: Activity,
  settings: Settings,
};

export function Organisation({ id, tab, rest }: { id: string; tab: string; rest: string[] }) {
  const { data: tenant, error, reload } = useLoad(id, () => castellan.tenants.get(id));
  const seen = useRef(false);
  if (tenant !== null) seen.current = true;
  // One's own membership may have ended since the last look.
  useEffect(() => {
    if (seen.current) void reload();
  }, [tab, reload]);
  useEffect(() => onGone(() => void reload()), [reload]);
  if (tenant === null) {
    if (error === null) return <p className="faint" role="status">Loading…</p>;
    return (
      <Screen title="Organisation">
        {error.code === "not_found"
          ? (
            <p role="status">
              {seen.current
                ? "You are no longer a member of this organisation."
                : "It does not exist, or you are not a member of it."}
            </p>
          )
          : <ProblemNotice problem={error} />}
        <p><Link href="/">Your organisations</Link></p>
      </Screen>
    );
  }
  const Tab = TABS[tab] ?? Projects;
  return (
    <Screen title={tenant.name}>
      {tenant.role && <p className="faint">Your role: {roleName(tenant.role)}</p>}
      <nav className="tabs" aria-label="Organisation">
        {Object.keys(TABS).map((name) => (
          <Link key={name} href={`/organisations/${id}/${name}`} aria-current={name === tab ? "page" : undefined}>
            {name.charAt(0).toUpperCase() + name.slice(1)}
          </Link>
        ))}
      </nav>
      <Tab tenant={tenant} reload={() => void reload()} rest={rest} />
    </Screen>
  );
}
