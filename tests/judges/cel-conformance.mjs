// Prints each case of the conformance tests of the Common Expression Language on a line: {file, section, test}, where
// `test` is the SimpleTest message as JSON, in which values name their types ({"int64Value": "1"}).
import { toJson } from "@bufbuild/protobuf";
import { SimpleTestSchema } from "@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js";
import { getTestRegistry } from "@bufbuild/cel-spec/testdata/registry.js";
import { getConformanceSuite } from "@bufbuild/cel-spec/testdata/tests.js";

const registry = getTestRegistry();

function print(file, section, suite) {
  for (const { original } of suite.tests)
    console.log(JSON.stringify({ file, section, test: toJson(SimpleTestSchema, original, { registry }) }));
  for (const inner of suite.suites) print(file ?? inner.name, file ? inner.name : "", inner);
}

print(undefined, "", getConformanceSuite());
