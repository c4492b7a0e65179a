import { createClient } from "@castellan/client";

interface Config {
  url: string;
  key: string;
}

/** Everything that this app knows of its backend: an address and a publishable key. */
export const castellan = createClient(await readConfig());

/** Read when the page loads rather than when it is built, so that one build serves every environment. */
async function readConfig(): Promise<Config> {
  const { VITE_CASTELLAN_URL: url, VITE_CASTELLAN_KEY: key } = import.meta.env as Partial<Record<string, string>>;
  if (url && key) return { url, key };

  const response = await fetch("/config.json", { cache: "no-cache" });
  // A static host with a fallback page answers a missing file with that page.
  if (!response.headers.get("Content-Type")?.includes("json")) throw new Error("There is no /config.json.");
  return response.json() as Promise<Config>;
}
