// Reads on each line of its input bytes in base64 and prints for each {"good"}: whether they are one I-JSON document
// (RFC 7493) of at most 32 levels and without NUL. Grammar and duplicates are judged by `lossless-json`, and grammar by
// the engine's own parser too; UTF-8 and lone surrogates by the engine.
import { isLosslessNumber, parse } from "lossless-json";

const DEPTH = 32;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const isGoodText = (text) => text.isWellFormed() && !text.includes("\0");

function isGoodNumber(text) {
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(Number(text)) && BigInt(text) === BigInt(Number(text));
  return Number.isFinite(Number(text));
}

function isGood(value, depth) {
  if (typeof value === "string") return isGoodText(value);
  if (isLosslessNumber(value)) return isGoodNumber(value.toString());
  if (typeof value !== "object" || value === null) return true;
  if (depth === DEPTH) return false;
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return names.every(isGoodText) && Object.values(value).every((inner) => isGood(inner, depth + 1));
}

function judge(bytes) {
  try {
    const text = utf8.decode(bytes);
    JSON.parse(text);
    const twice = () => {
      throw new SyntaxError("twice");
    };
    return isGood(parse(text, null, { onDuplicateKey: twice }), 0);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return false;
    throw error;
  }
}

let input = "";
for await (const part of process.stdin) input += part;
const answers = input.split("\n").slice(0, -1).map((line) =>
  JSON.stringify({ good: judge(Buffer.from(line, "base64")) }));
process.stdout.write(answers.join("\n") + "\n");
