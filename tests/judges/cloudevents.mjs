// Reads a JSON array of CloudEvents from its input and prints for each {"valid": true, "id"} or
// {"valid": false, "why"}.
// The judge is the CloudEvents SDK, in its strict mode.
import { CloudEvent, HTTP } from "cloudevents";

let input = "";
for await (const part of process.stdin) input += part;
for (const event of JSON.parse(input)) {
  try {
    const headers = { "content-type": "application/cloudevents+json" };
    const received = HTTP.toEvent({ headers, body: JSON.stringify(event) });
    new CloudEvent({ ...event }, true).validate();
    received.validate();
    console.log(JSON.stringify({ valid: true, id: received.id, type: received.type, data: received.data }));
  } catch (error) {
    console.log(JSON.stringify({ valid: false, why: `${error.message} ${JSON.stringify(error.errors ?? "")}` }));
  }
}
