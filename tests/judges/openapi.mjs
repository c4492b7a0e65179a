// Reads an OpenAPI description from its input and prints for each problem that Redocly finds {"rule", "severity",
// "message", "at"}. Rules: redocly.yaml. Nothing is sent anywhere.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let input = "";
for await (const part of process.stdin) input += part;
const folder = mkdtempSync(join(tmpdir(), "castellan-openapi-"));
try {
  const file = join(folder, "openapi.json");
  writeFileSync(file, input);
  const cli = join(import.meta.dirname, "node_modules", "@redocly", "cli", "bin", "cli.js");
  const config = join(import.meta.dirname, "redocly.yaml");
  const run = spawnSync(process.execPath, [cli, "lint", "--config", config, "--format", "json", file], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
  });
  const verdict = JSON.parse(run.stdout);
  for (const { ruleId, severity, message, location } of verdict.problems) {
    console.log(JSON.stringify({ rule: ruleId, severity, message, at: location?.[0]?.pointer ?? "" }));
  }
  console.log(JSON.stringify({ rule: "", severity: "end", version: verdict.version }));
} finally {
  rmSync(folder, { recursive: true });
}
