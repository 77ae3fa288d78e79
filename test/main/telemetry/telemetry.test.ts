import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TelemetryPorts } from "../../../src-main/telemetry/index.ts";
import type { TelemetryServer } from "../../fakes/telemetry-server.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { AT, FINDING } from "../../shared/telemetry/events.ts";
import { enrolment, key, settled, setUp } from "./telemetry-fixture.ts";

const states = (server: TelemetryServer) =>
  [...server.events.values()]
    .filter((event) => event.kind === "session")
    .map(({ state, ...rest }) => ({ ...rest, ...state }));
describe("without consent", () => {
  it("nothing is written and nothing is sent", async () => {
    const { telemetry, server, folder, fixture } = await setUp({ monitoring: "http://127.0.0.1:9" });
    fixture.consent = false;
    telemetry.note({ kind: "fault" });
    telemetry.report(FINDING);
    await telemetry.tick();
    await telemetry.close();
    expect(existsSync(folder)).toBe(false);
    expect(server.requests).toEqual([]);
    expect(fixture.logged).toEqual([]);
  });

  it("an enrolment does not count as consent", async () => {
    const { telemetry, server, folder, fixture } = await setUp({ enrolment: async () => enrolment });
    fixture.consent = false;
    await telemetry.open();
    await telemetry.tick();
    expect(existsSync(folder)).toBe(false);
    expect(server.requests).toEqual([]);
  });
});

describe("with consent", () => {
  it("sends the whole session every time, and its end at the next start", async () => {
    const { telemetry, server, folder, fixture } = await setUp();
    telemetry.note({ kind: "operation", operation: "play", succeeded: true });
    await telemetry.tick();
    await settled(() => server.counts.metrics === 1);
    fixture.ms = 301_000;
    telemetry.note({ kind: "operation", operation: "play", succeeded: false });
    await telemetry.tick();
    await settled(() => server.counts.metrics === 2);
    await telemetry.close();
    const again = await setUp({ folder, server });
    await again.telemetry.tick();
    await settled(() => server.events.size === 4);
    expect(
      states(server).map(({ seq, status, uptimeMs, operations }) => [seq, status, uptimeMs, operations.play]),
    ).toEqual([
      [1, "running", 0, { ok: 1, failed: 0 }],
      [2, "running", 300_000, { ok: 1, failed: 1 }],
      [3, "ended", 300_000, { ok: 1, failed: 1 }],
      [1, "running", 0, { ok: 0, failed: 0 }],
    ]);
    expect(server.faults).toEqual([]);
  });

  it("measures a session that ends between two states up to its end", async () => {
    const { telemetry, server, folder, fixture } = await setUp();
    await telemetry.tick();
    await settled(() => server.counts.metrics === 1);
    fixture.ms = 121_000;
    await telemetry.close();
    const again = await setUp({ folder, server });
    await again.telemetry.tick();
    await settled(() => server.events.size === 3);
    const ended = states(server).find(({ status }) => status === "ended");
    expect(ended).toMatchObject({ up: 120_000, uptimeMs: 120_000 });
    expect(server.faults).toEqual([]);
  });

  it.each([
    ["a crash", 1, 1],
    ["a power failure", 0, 0],
  ])("detects at the next start that a session did not end regularly: %s", async (_name, dumps, crashes) => {
    const { telemetry, server, folder } = await setUp();
    telemetry.report(FINDING);
    await telemetry.tick();
    await settled(() => server.events.size === 2);
    // What a crash leaves behind: everything unchanged, and no end of the session.
    const left = join(temporaryFolder(), "left");
    cpSync(folder, left, { recursive: true });
    const next = await setUp({ folder: left, server, minidumps: async () => dumps });
    await next.telemetry.tick();
    await settled(() => server.events.size === 4 + crashes);
    const found = [...server.events.values()].flatMap((event) => (event.kind === "crash" ? [event] : []));
    expect(found.map(({ seq, crash }) => [seq, crash])).toEqual(
      crashes > 0 ? [[4, { process: "main", reason: "crashed" }]] : [],
    );
    const abnormal = states(server).find(({ status }) => status === "abnormal");
    expect(abnormal).toMatchObject({ seq: 3, session: states(server)[0]?.session, crashes: { main: crashes } });
    expect(server.faults).toEqual([]);
  });

  it("records a session from its beginning, even if it ends within the first five seconds", async () => {
    const { telemetry, folder } = await setUp();
    await telemetry.open();
    const left = join(temporaryFolder(), "left");
    cpSync(folder, left, { recursive: true });
    await telemetry.close();
    for (const [dataFolder, status] of [
      [folder, "ended"],
      [left, "abnormal"],
    ] as const) {
      const next = await setUp({ folder: dataFolder });
      await next.telemetry.tick();
      await settled(() => states(next.server).length === 2);
      expect(states(next.server).map((state) => state.status)).toEqual([status, "running"]);
    }
  });

  it("reports a refused artefact at once, and only once per session", async () => {
    const { telemetry, server } = await setUp();
    for (let i = 0; i < 5; i++) telemetry.report(FINDING);
    telemetry.report({ ...FINDING, artefact: null });
    await telemetry.tick();
    await settled(() => server.events.size === 3);
    const findings = [...server.events.values()].filter(({ kind }) => kind === "security");
    expect(findings).toMatchObject([{ finding: FINDING }, { finding: { artefact: null } }]);
  });

  it("counts nothing that happened before consent was given", async () => {
    const { telemetry, server, fixture } = await setUp();
    fixture.consent = false;
    telemetry.note({ kind: "fault" });
    fixture.consent = true;
    await telemetry.begin();
    await settled(() => server.events.size === 1);
    expect(states(server)).toMatchObject([{ seq: 1, faults: 0 }]);
  });

  it("signs as the enrolled computer, with its pseudonym and ring", async () => {
    const { telemetry, server, folder } = await setUp({ enrolment: async () => enrolment });
    server.expectSigned(key.root.publicKey);
    await telemetry.tick();
    await settled(() => server.counts.metrics === 1);
    expect(server.faults).toEqual([]);
    expect(server.requests[0]?.body.toString()).toContain(enrolment.claims.pid);
    expect(readdirSync(join(folder, "metrics"))[0]).toMatch(/^metrics-ring1-\d{8}-\d{4}\.json$/);
  });

  it("contains nothing about the computer, the person or their folders", async () => {
    const { telemetry, server, folder } = await setUp();
    telemetry.report(FINDING);
    await telemetry.tick();
    await settled(() => server.counts.metrics === 1);
    const names = readdirSync(join(folder, "metrics")).map((name) => join(folder, "metrics", name));
    const outputs = [
      ...server.requests.map(({ body }) => body.toString()),
      ...names.map((name) => readFileSync(name, "utf8")),
    ];
    expect(outputs.length).toBe(4);
    for (const secret of [hostname(), userInfo().username, userInfo().homedir, tmpdir(), folder, process.cwd()]) {
      for (const text of outputs) expect(wordsOf(text)).not.toContain(secret);
    }
    for (const text of outputs) expect(text).not.toMatch(/\/(?:tmp|home|root|Users)\b|\\\\/);
  });

  it("logs that the queue belongs to another process, and goes on", async () => {
    const first = await setUp();
    await first.telemetry.tick();
    const second = await setUp({ folder: first.folder });
    await second.telemetry.tick();
    expect(second.fixture.logged).toEqual([JSON.stringify({ event: "telemetry.not-kept", code: "IN_USE" })]);
  }, 20_000);
});

describe("the local file", () => {
  it("is written each time with the figures of R-26, and posted until it is accepted", async () => {
    const { telemetry, server, folder, fixture } = await setUp();
    const monitored = await setUp({ folder: join(folder, "other"), monitoring: `${server.url}/down` });
    await monitored.telemetry.tick();
    await settled(() => server.requests.some(({ path }) => path === "/down/metrics"));
    telemetry.note({ kind: "security", what: "signature" });
    fixture.ms = 61_000;
    await telemetry.tick();
    const [name = ""] = readdirSync(join(folder, "metrics"));
    expect(name).toBe("metrics-ga-20260101-0001.json");
    const file = JSON.parse(readFileSync(join(folder, "metrics", name), "utf8")) as Record<string, unknown>;
    expect(Object.keys(file)).toEqual([
      "timestamp",
      "ring",
      "hostname",
      "version",
      "memoryUsage",
      "cpuUsage",
      "processUptime",
      "errorCount",
      "signatureErrors",
      "antiRollbackErrors",
    ]);
    expect(file).toMatchObject({ errorCount: 1, signatureErrors: 1, processUptime: 60, memoryUsage: 150_000_000 });
    expect(file["hostname"]).not.toBe(hostname());
  });

  it("is posted again, byte for byte, after the endpoint failed", async () => {
    const accepted: string[] = [];
    let status = 500;
    const post: TelemetryPorts["post"] = async ({ url, body }) => {
      if (url === "https://monitoring.example/metrics") accepted.push(`${status} ${Buffer.from(body).toString()}`);
      return { status, retryAfter: null, date: null, body: new Uint8Array() };
    };
    const { telemetry, folder, fixture } = await setUp({ post, monitoring: "https://monitoring.example" });
    await telemetry.tick();
    await settled(() => accepted.length === 1);
    status = 200;
    fixture.ms = 301_000;
    await telemetry.tick();
    await settled(() => accepted.length === 3);
    const files = readdirSync(join(folder, "metrics"))
      .filter((name) => name.startsWith("metrics-"))
      .toSorted();
    const contents = files.map((name) => readFileSync(join(folder, "metrics", name), "utf8"));
    expect(accepted).toEqual([`500 ${contents[0]}`, `200 ${contents[0]}`, `200 ${contents[1]}`]);
  });
});

describe("withdrawal", () => {
  it("leaves nothing here and asks the server to erase", async () => {
    const { telemetry, server, folder, fixture } = await setUp({ behaviour: () => ({ kind: "status", status: 503 }) });
    telemetry.report(FINDING);
    await telemetry.tick();
    const { pid } = JSON.parse(readFileSync(join(folder, "identity.json"), "utf8")) as { pid: string };
    fixture.consent = false;
    expect(await telemetry.withdraw()).toEqual({ ok: true, value: undefined });
    expect(readdirSync(folder).toSorted()).toEqual(["erasure.json", "queue"]);
    expect(readdirSync(join(folder, "queue")).filter((name) => !name.startsWith("lock"))).toEqual([]);
    const before = server.requests.length;
    await telemetry.tick();
    const erasures = server.requests.slice(before);
    expect(erasures.map(({ path, body }) => [path, JSON.parse(body.toString())])).toEqual([
      ["/erase", { v: 1, pid, at: AT + 1_000 }],
    ]);
    expect(readdirSync(folder)).toEqual(["queue"]);
    await telemetry.tick();
    expect(server.requests.length).toBe(before + 1);
    expect(fixture.logged.slice(-2).map((line) => JSON.parse(line) as object)).toEqual([
      { event: "telemetry.purged" },
      { event: "telemetry.erased" },
    ]);
  });

  it("is sent repeatedly until the server has confirmed it, and nothing newer is sent before", async () => {
    const sent: string[] = [];
    let isUp = false;
    const post: TelemetryPorts["post"] = async ({ url }) => {
      sent.push(new URL(url).pathname);
      return isUp ? { status: 200, retryAfter: null, date: null, body: new Uint8Array() } : undefined;
    };
    const { telemetry, folder, fixture } = await setUp({ post });
    await telemetry.tick();
    fixture.consent = false;
    await telemetry.withdraw();
    await telemetry.tick();
    sent.length = 0;
    fixture.consent = true;
    await telemetry.begin();
    await settled(() => sent.length === 1);
    expect(sent).toEqual(["/erase"]);
    isUp = true;
    await telemetry.tick();
    await settled(() => sent.length >= 4);
    expect(sent.slice(0, 4)).toEqual(["/erase", "/erase", "/v1/logs", "/v1/metrics"]);
    expect(existsSync(join(folder, "erasure.json"))).toBe(false);
  });

  it("leads to another pseudonym for a later consent", async () => {
    const { telemetry, folder, fixture } = await setUp();
    const pid = () => (JSON.parse(readFileSync(join(folder, "identity.json"), "utf8")) as { pid: string }).pid;
    await telemetry.tick();
    const first = pid();
    fixture.consent = false;
    await telemetry.withdraw();
    fixture.consent = true;
    await telemetry.begin();
    expect(pid()).not.toBe(first);
  });
});

// A user called "a" would be found in every word.
function wordsOf(text: string): string[] {
  return text.split(/["\s]+/);
}
