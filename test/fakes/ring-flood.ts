import { request } from "node:http";
import { connect } from "node:net";
import { ENROL_HEADER, ENROLMENT_PROFILE, LOGS_PATH } from "../../src-shared/telemetry/index.ts";
import { signToken } from "./issuer.ts";
import { createPilot, enrolmentIssuer } from "./pilot.ts";
import { testKey } from "./test-keys.ts";

// What strangers send to a ring server, in a process of its own: `node ring-flood.ts URL` until it is killed. The server has to
// trust this computer as a proxy, so that each request can come from another address. Prints the number of responses by status.
const [, , url = ""] = process.argv;
const SOCKETS = 2_000;
const PARALLEL = 8;

const stranger = createPilot("stranger", Date.now());
const batch = stranger.bodyOf(
  Array.from({ length: 15 }, (_, index) => stranger.stateEvent(index + 1)),
  20,
);
const [, claims = ""] = stranger.token.split(".");
const thief = testKey("thief", "telemetry-enrolment", { kid: enrolmentIssuer.root.kid });
const forged = signToken(
  ENROLMENT_PROFILE.typ,
  JSON.parse(Buffer.from(claims, "base64url").toString()) as object,
  thief,
);

const statuses: Record<string, number> = {};
let sent = 0;

function post(path: string, body: Uint8Array, headers: Record<string, string>): Promise<void> {
  // A thousand addresses, so that the limits of one address do not end the flood.
  const address = `198.18.${sent % 4}.${Math.floor(sent++ / 4) % 250}`;
  const all = {
    "Content-Type": "application/json",
    "X-Forwarded-For": address,
    ...headers,
    "Content-Length": body.length,
  };
  return new Promise((resolve) => {
    const count = (status: string) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
      resolve();
    };
    const sending = request(`${url}${path}`, { method: "POST", headers: all }, (response) => {
      response.resume().once("end", () => count(`${path} ${response.statusCode}`));
    });
    sending.once("error", () => count(`${path} closed`)).end(body);
  });
}

async function repeat(send: () => Promise<void>): Promise<never> {
  for (;;) await send();
}

function idle(index: number): void {
  const socket = connect({
    port: Number(new URL(url).port),
    host: "127.0.0.1",
    localAddress: `127.1.${index % 250}.1`,
  });
  socket.on("error", () => undefined).once("close", () => setTimeout(() => idle(index), 1_000));
}

for (let index = 0; index < SOCKETS; index++) idle(index);
const login = Buffer.from(JSON.stringify({ name: "ann", password: "guess" }));
for (let index = 0; index < PARALLEL; index++) {
  void repeat(() => post(LOGS_PATH, batch, {}));
  void repeat(() => post(LOGS_PATH, batch, { [ENROL_HEADER]: forged }));
  void repeat(() => post("/console/login", login, {}));
}
setInterval(() => process.stdout.write(`${JSON.stringify(statuses)}\n`), 1_000);
