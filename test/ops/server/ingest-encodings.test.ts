import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { LOGS_PATH, MAX_BATCH_BYTES, type SessionChange } from "../../../src-shared/telemetry/index.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { startRingServer } from "../../../src-ops/server/ring-server.ts";
import { createFrozenPilot as createPilot, enrolmentIssuer, type Pilot } from "../../fakes/pilot.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { SINCE } from "../gates/facts.ts";

const NOW = SINCE + 3_600_000;
const failure: SessionChange = { kind: "operation", operation: "play", succeeded: false };

async function start() {
  const store = openSqliteStore(join(temporaryFolder(), "ring.sqlite"));
  const ports = { store, roots: [enrolmentIssuer.root], host: "127.0.0.1", port: 0, now: () => NOW };
  const server = await startRingServer({ ...ports, note: () => {}, ticketToken: () => "sesame" });
  onTestFinished(server.stop);
  return { url: server.url, totals: () => store.totals("ring0", "0.2.0", SINCE) };
}

/** Sends a batch that the pilot has signed as it is sent. */
async function send(url: string, pilot: Pilot, body: Uint8Array<ArrayBuffer>, encoding: string) {
  const headers = { ...pilot.headersOf(url, LOGS_PATH, body), "Content-Encoding": encoding };
  const response = await pilot.post(url, LOGS_PATH, body, headers);
  return { status: response.status, body: (await response.json()) as { code?: string; message?: string }, response };
}

const gzipped = (body: Uint8Array) => new Uint8Array(gzipSync(body));
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
function batch(pilot = createPilot("one", NOW)) {
  return { pilot, body: new Uint8Array(pilot.bodyOf([pilot.stateEvent(1, failure)], 1)) };
}

describe("a batch with a content encoding", () => {
  it.each(["gzip", "GZIP", " x-gzip "])("is unpacked if that is %j", async (encoding) => {
    const { url, totals } = await start();
    const { pilot, body } = batch();
    expect(await send(url, pilot, gzipped(body), encoding)).toMatchObject({ status: 200, body: {} });
    expect(await totals()).toMatchObject({ operations: 1, failed: 1 });
  });

  it("is taken as it is if that is identity", async () => {
    const { url, totals } = await start();
    const { pilot, body } = batch();
    expect(await send(url, pilot, body, "identity")).toMatchObject({ status: 200 });
    expect(await totals()).toMatchObject({ operations: 1 });
  });

  it.each(["br", "zstd", "deflate", "gzip, gzip", "identity, gzip", "gzip;q=1"])(
    "is refused with a sentence if that is %j",
    async (encoding) => {
      const { url, totals } = await start();
      const { pilot, body } = batch();
      const { status, body: answer, response } = await send(url, pilot, gzipped(body), encoding);
      expect([status, answer.code, response.headers.get("accept-encoding")]).toEqual([
        415,
        "ENCODING_UNKNOWN",
        "gzip, identity",
      ]);
      expect(answer.message).toMatch(/^The Content-Encoding .* gzip/);
      expect(await totals()).toMatchObject({ operations: 0 });
    },
  );

  it.each([
    ["that is cut off", (packed: Uint8Array) => packed.slice(0, -9)],
    [
      "whose sum is wrong",
      (packed: Uint8Array) => packed.map((byte, at) => (at === packed.length - 6 ? byte ^ 1 : byte)),
    ],
    ["that something follows", (packed: Uint8Array) => joined(packed, utf8("more"))],
    ["that zeros follow", (packed: Uint8Array) => joined(packed, new Uint8Array(8))],
    ["that is not gzip at all", () => utf8("{}")],
    ["that is empty", () => new Uint8Array()],
  ])("is refused %s", async (_what, damaged) => {
    const { url, totals } = await start();
    const { pilot, body } = batch();
    const { status, body: answer } = await send(url, pilot, new Uint8Array(damaged(gzipped(body))), "gzip");
    expect([status, answer.code]).toEqual([400, "MALFORMED"]);
    expect(await totals()).toMatchObject({ operations: 0 });
  });

  it("is refused if it unpacks to more than a batch may have, and unpacked no further", async () => {
    const { url } = await start();
    const { pilot } = batch();
    const bomb = gzipped(new Uint8Array(512 * 1_024 * 1_024));
    expect(bomb.length).toBeLessThan(MAX_BATCH_BYTES);
    const before = process.memoryUsage().arrayBuffers;
    expect((await send(url, pilot, bomb, "gzip")).status).toBe(413);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1_024 * 1_024);
    const exact = gzipped(new Uint8Array(MAX_BATCH_BYTES + 1));
    expect((await send(url, pilot, exact, "gzip")).status).toBe(413);
  }, 60_000);

  it("may unpack to 64 KiB for a computer without enrolment", async () => {
    const { url } = await start();
    const post = async (bytes: number) => {
      const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
      const body = gzipped(new Uint8Array(bytes).fill(0x20));
      return (await fetch(`${url}${LOGS_PATH}`, { method: "POST", headers, body })).status;
    };
    expect([await post(64 * 1_024), await post(64 * 1_024 + 1)]).toEqual([400, 413]);
  });

  it("counts for the day with what it unpacks to", async () => {
    const { url } = await start();
    const pilot = createPilot("one", NOW);
    const padded = (at: number) => {
      const text = Buffer.from(pilot.bodyOf([pilot.stateEvent(at, failure)], at)).toString();
      return gzipped(utf8(text + " ".repeat(1_000_000 - text.length)));
    };
    const statuses: number[] = [];
    for (let at = 1; at <= 34; at++) statuses.push((await send(url, pilot, padded(at), "gzip")).status);
    expect(statuses.indexOf(429)).toBe(33);
  }, 60_000);

  it("is refused if something else was signed than what was sent", async () => {
    const { url } = await start();
    const { pilot, body } = batch();
    const headers = { ...pilot.headersOf(url, LOGS_PATH, body), "Content-Encoding": "gzip" };
    expect((await pilot.post(url, LOGS_PATH, gzipped(body), headers)).status).toBe(401);
  });
});

it.each(["application/x-protobuf", "application/protobuf", "application/vnd.google.protobuf"])(
  "says that %s is not taken, and what is",
  async (type) => {
    const { url } = await start();
    const response = await fetch(`${url}${LOGS_PATH}`, {
      method: "POST",
      headers: { "Content-Type": type },
      body: "x",
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toEqual({
      code: "PROTOBUF_NOT_TAKEN",
      message: expect.stringContaining("OTLP JSON, with Content-Type: application/json"),
    });
  },
);

it.each(["GET", "HEAD"])("answers %s /healthz", async (method) => {
  const { url } = await start();
  const response = await fetch(`${url}/healthz`, { method });
  expect([response.status, await response.text()]).toEqual([200, method === "GET" ? "{}" : ""]);
});
