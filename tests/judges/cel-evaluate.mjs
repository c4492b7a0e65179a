// Reads {"expr", "bindings"} on each line of its input, where bindings are values that name their types
// ({"int64Value": "1"}), and prints for each {"value"} in the same form, or {"error"}: what the `@bufbuild/cel` package
// makes of it.
import { create } from "@bufbuild/protobuf";
import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { celUint, isCelError, isCelList, isCelMap, isCelType, isCelUint, run } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";

const time = ({ seconds, nanos }) => ({ seconds: BigInt(seconds), nanos });

function read(typed) {
  const [kind, value] = Object.entries(typed)[0];
  switch (kind) {
    case "nullValue": return null;
    case "int64Value": return BigInt(value);
    case "uint64Value": return celUint(BigInt(value));
    case "doubleValue": return Number(value);
    case "bytesValue": return new Uint8Array(Buffer.from(value, "base64"));
    case "timestampValue": return create(TimestampSchema, time(value));
    case "durationValue": return create(DurationSchema, time(value));
    case "listValue": return value.map(read);
    case "mapValue": return new Map(value.map(([k, v]) => [read(k), read(v)]));
    default: return value;
  }
}

function write(value) {
  if (value === null) return { nullValue: null };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "bigint") return { int64Value: String(value) };
  if (typeof value === "number") return { doubleValue: Object.is(value, -0) ? "-0" : String(value) };
  // Half of a surrogate pair cannot be written as UTF-8.
  if (typeof value === "string") return value.isWellFormed() ? { stringValue: value } : { brokenValue: null };
  if (isCelUint(value)) return { uint64Value: String(value.value) };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString("base64") };
  if (isCelType(value)) return { typeValue: value.name };
  if (isCelList(value)) return { listValue: [...value].map(write) };
  if (isCelMap(value)) return { mapValue: [...value.entries()].map(([k, v]) => [write(k), write(v)]) };
  const { seconds, nanos } = value.message;
  const name = value.desc.typeName === "google.protobuf.Timestamp" ? "timestampValue" : "durationValue";
  return { [name]: { seconds: String(seconds), nanos } };
}

function judge(line) {
  const { expr, bindings } = JSON.parse(line);
  const values = Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, read(value)]));
  try {
    const result = run(expr, values, { funcs: strings });
    return isCelError(result) ? { error: String(result.message) } : { value: write(result) };
  } catch (failure) {
    return { error: String(failure) };
  }
}

let input = "";
process.stdin.setEncoding("utf8");
for await (const part of process.stdin) input += part;
for (const line of input.split("\n").filter((l) => l !== "")) process.stdout.write(JSON.stringify(judge(line)) + "\n");
