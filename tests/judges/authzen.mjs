// Asks a decision point of OpenID AuthZEN (Authorization API 1.0) from outside, as the working group's own harness
// does: node authzen.mjs <url> <authorization header> < decisions.json
// The input is {"evaluation": [{"request", "expected"}], "evaluations": [{"request", "expected": [...]}]}. Prints for
// each a line {"endpoint", "status": "PASS" | "FAIL" | "ERROR", "request"}, and fails where one does not pass.
const [url, authorization] = process.argv.slice(2);
if (!url) {
  process.stderr.write("node authzen.mjs <url> <authorization header> < decisions.json\n");
  process.exit(2);
}
let input = "";
process.stdin.setEncoding("utf8");
for await (const part of process.stdin) input += part;
const published = JSON.parse(input);

async function ask(endpoint, { request, expected }) {
  try {
    const response = await fetch(new URL(`/access/v1/${endpoint}`, url), {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(authorization ? { Authorization: authorization } : {}) },
      body: JSON.stringify(request),
    });
    if (response.status !== 200) return { endpoint, status: "ERROR", http: response.status, request };
    const answer = await response.json();
    const got = endpoint === "evaluation" ? answer.decision : answer.evaluations.map((one) => one.decision);
    const wanted = endpoint === "evaluation" ? expected : expected.map((one) => one.decision ?? one);
    return { endpoint, status: JSON.stringify(got) === JSON.stringify(wanted) ? "PASS" : "FAIL", request };
  } catch (error) {
    return { endpoint, status: "ERROR", error: String(error), request };
  }
}

for (const endpoint of ["evaluation", "evaluations"]) {
  for (const one of published[endpoint] ?? []) {
    const verdict = await ask(endpoint, one);
    if (verdict.status !== "PASS") process.exitCode = 1;
    process.stdout.write(JSON.stringify(verdict) + "\n");
  }
}
