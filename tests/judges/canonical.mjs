// Reads a JSON document on each line of its input and prints for each {"canonical"}: its RFC 8785 form, as the
// `canonicalize` package writes it.
import canonicalize from "canonicalize";

let input = "";
process.stdin.setEncoding("utf8");
for await (const part of process.stdin) input += part;
const answers = input.split("\n").filter((line) => line !== "").map((line) =>
  JSON.stringify({ canonical: canonicalize(JSON.parse(line)) }));
process.stdout.write(answers.join("\n") + "\n");
