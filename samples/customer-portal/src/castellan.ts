import { createClient } from "@castellan/client";
import type { Collections } from "./castellan-types";

interface Config {
  url: string;
  key: string;
}

/** Everything that this app knows of its backend: an address, a publishable key, and the types of its own contract. */
export const castellan = createClient<Collections>(await readConfig());

/** Read when the page loads rather than when it is built, so that one build serves every environment. */
async function readConfig(): Promise<Config> {
  const { VITE_CASTELLAN_URL: url, VITE_CASTELLAN_KEY: key } = import.meta.env as Partial<Record<string, string>>;
  if (url && key) return { url, key };

  const response = await fetch("/config.json", { cache: "no-cache" });
  // A static host with a fallback page answers a missing file with that page.
  if (!response.headers.get("Content-Type")?.includes("json")) throw new Error("There is no /config.json.");
  return response.json() as Promise<Config>;
}
