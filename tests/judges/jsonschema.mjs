// Reads a {"schema", "instances"} on each line of its input and prints for each {"ajv", "hyperjump"}: what each of the
// two says of every instance by draft 2020-12, with formats asserted; or the text of an error where it cannot say.
import {
  registerSchema, setShouldValidateFormat, unregisterSchema, validate,
} from "@hyperjump/json-schema/draft-2020-12";
import "@hyperjump/json-schema/formats";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

setShouldValidateFormat(true);
const ajv = addFormats(new Ajv({ strict: false, logger: false, addUsedSchema: false }));

let input = "";
process.stdin.setEncoding("utf8");
for await (const part of process.stdin) input += part;
const output = [];
for (const [index, line] of input.split("\n").filter((text) => text !== "").entries()) {
  const { schema, instances } = JSON.parse(line);
  output.push(JSON.stringify({
    ajv: byAjv(schema, instances),
    hyperjump: await byHyperjump(schema, instances, `https://judge.example/${index}`),
  }));
}
process.stdout.write(output.join("\n") + "\n");

function byAjv(schema, instances) {
  try {
    const holds = ajv.compile(schema);
    return instances.map((instance) => holds(instance));
  } catch (error) {
    return String(error.message);
  }
}

async function byHyperjump(schema, instances, uri) {
  try {
    registerSchema(schema, uri, "https://json-schema.org/draft/2020-12/schema");
    const holds = await validate(uri);
    return instances.map((instance) => holds(instance).valid);
  } catch (error) {
    return String(error.message);
  } finally {
    unregisterSchema(uri);
  }
}
