// An SMTP server that others wrote, on a port of its own choice. It prints one JSON line for what it was asked:
// {"listening": port}, then {"taken": {to, data}} or {"refused": {to}}. An address tells it what to do:
// busy-2@... is refused for now (451) two times, gone@... for good (550).
import { SMTPServer } from "smtp-server";

const busy = new Map();
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  allowInsecureAuth: true,
  onAuth({ username, password }, _session, done) {
    if (username === "castellan" && password === "open sesame") done(null, { user: username });
    else done(new Error("Invalid username or password"));
  },
  onRcptTo({ address }, _session, done) {
    const times = Number(/^busy-(\d+)@/.exec(address)?.[1] ?? 0);
    const refusals = busy.get(address) ?? 0;
    if (address.startsWith("gone@") || refusals < times) {
      busy.set(address, refusals + 1);
      say({ refused: { to: address } });
      done(address.startsWith("gone@") ? refusal(550, "No such mailbox") : refusal(451, "Try again later"));
    } else done();
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      const to = session.envelope.rcptTo.map((recipient) => recipient.address);
      say({ taken: { to, user: session.user ?? null, data: Buffer.concat(parts).toString("utf8") } });
      done();
    });
  },
});
server.listen(0, "127.0.0.1", () => say({ listening: server.server.address().port }));
process.stdin.on("end", () => process.exit(0)).resume();
