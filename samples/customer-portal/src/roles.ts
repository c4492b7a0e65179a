import type { Role } from "@castellan/client";

export const ROLES: readonly Role[] = ["owner", "admin", "member", "viewer"];

export const roleName = (role: Role): string => role.charAt(0).toUpperCase() + role.slice(1);

/** Whoever is more than a viewer. */
export const mayWork = (role: Role | undefined): boolean => role !== undefined && role !== "viewer";

/** Only what to show: Castellan decides what is allowed. */
export const mayManage = (role: Role | undefined): boolean => role === "owner" || role === "admin";
