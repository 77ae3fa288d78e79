import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { LOGS_PATH, MAX_BATCH_BYTES, METRICS_PATH, type SessionChange } from "../../../src-shared/telemetry/index.ts";
import { ERASED } from "../../../src-ops/gates/index.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { type RingServerPorts, startRingServer } from "../../../src-ops/server/ring-server.ts";
import { createFrozenPilot as createPilot, enrolmentIssuer } from "../../fakes/pilot.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testKey } from "../../fakes/test-keys.ts";
import { SINCE } from "../gates/facts.ts";
import { BUILD } from "../gates/normalized-events.ts";

const NOW = SINCE + 3_600_000;
const failure: SessionChange = { kind: "operation", operation: "play", succeeded: false };

async function start(more: Partial<RingServerPorts> = {}) {
  const notes: string[] = [];
  const store = openSqliteStore(join(temporaryFolder(), "ring.sqlite"));
  const server = await startRingServer({
    store,
    roots: [enrolmentIssuer.root],
    host: "127.0.0.1",
    port: 0,
    now: () => NOW,
    note: (event) => void notes.push(event),
    ticketToken: () => "sesame",
    ...more,
  });
  onTestFinished(server.stop);
  const totals = (ring: "ring0" | "ring1" = "ring0") => store.totals(ring, "0.2.0", SINCE);
  return { ...server, store, notes, totals };
}

const answerOf = async (response: Response) => ({ status: response.status, body: (await response.json()) as unknown });

describe("ingest", () => {
  it("stores a signed batch once, however often it is sent", async () => {
    const server = await start();
    const pilot = createPilot("one", NOW);
    const events = [pilot.stateEvent(1, failure), pilot.stateEvent(2, failure)];
    expect(await answerOf(await pilot.send(server.url, events, 2))).toEqual({ status: 200, body: {} });
    expect(await answerOf(await pilot.send(server.url, events, 2))).toEqual({ status: 200, body: {} });
    expect(await server.totals()).toMatchObject({ operations: 2, failed: 2 });
  });

  it("uses the ring of the enrolment, not the one that the sender claims", async () => {
    const server = await start();
    const pilot = createPilot("one", NOW, "ring1");
    const body = pilot.bodyOf([pilot.stateEvent(1, failure)], 1, { "uvv.ring": "ring0" });
    expect((await pilot.post(server.url, LOGS_PATH, body)).status).toBe(200);
    expect([(await server.totals("ring0")).failed, (await server.totals("ring1")).failed]).toEqual([0, 1]);
  });

  it("refuses everything that the device did not sign with exactly these bytes and this path", async () => {
    const server = await start();
    const pilot = createPilot("one", NOW);
    const body = pilot.bodyOf([pilot.stateEvent(1, failure)], 1);
    const headers = pilot.headersOf(server.url, LOGS_PATH, body);
    const changed = utf8(`${new TextDecoder().decode(body)} `);
    const { "UVV-Signature": _, ...unsigned } = headers;
    const attempts = [
      pilot.post(server.url, LOGS_PATH, changed, headers),
      pilot.post(server.url, LOGS_PATH, body, pilot.headersOf(server.url, METRICS_PATH, body)),
      pilot.post(server.url, LOGS_PATH, body, unsigned),
      pilot.post(server.url, LOGS_PATH, body, { ...headers, "UVV-Signature": "AAAA" }),
      pilot.post(server.url, METRICS_PATH, body, headers),
    ];
    for (const answer of await Promise.all(attempts)) expect(answer.status).toBe(401);
    expect((await server.totals()).operations).toBe(0);
    expect((await pilot.post(server.url, LOGS_PATH, body, headers)).status).toBe(200);
  });

  it("refuses an enrolment of an unknown issuer, or one that has ended", async () => {
    const pilot = createPilot("one", NOW);
    const events = [pilot.stateEvent(1, failure)];
    const stranger = await start({ roots: [testKey("other", "telemetry-enrolment").root] });
    expect(await answerOf(await pilot.send(stranger.url, events, 1))).toEqual({
      status: 401,
      body: { code: "ENROLMENT_INVALID" },
    });
    const late = await start({ now: () => NOW + 91 * 86_400_000 });
    expect(await answerOf(await pilot.send(late.url, events, 1))).toEqual({
      status: 401,
      body: { code: "ENROLMENT_EXPIRED" },
    });
    expect((await late.store.totals("ring0", "0.2.0", 0)).operations).toBe(0);
    let now = NOW;
    const ending = await start({ now: () => now });
    expect((await pilot.send(ending.url, events, 1)).status).toBe(200);
    now += 91 * 86_400_000;
    expect((await pilot.send(ending.url, events, 1)).status).toBe(401);
  });

  it("accepts no more events from a computer whose license was revoked", async () => {
    const server = await start();
    const pilot = createPilot("one", NOW);
    await pilot.send(server.url, [pilot.stateEvent(1, failure)], 1);
    await server.store.unenrol(pilot.pid);
    expect(await answerOf(await pilot.send(server.url, [pilot.stateEvent(2, failure)], 2))).toEqual({
      status: 401,
      body: { code: "ENROLMENT_OVER" },
    });
    expect((await server.totals()).failed).toBe(1);
    expect(await server.store.enrolled({ ring: "ring0", build: BUILD })).toEqual([]);
    expect((await pilot.erase(server.url, NOW)).status).toBe(200);
    expect(await server.store.days("ring0", "0.2.0", 0)).toMatchObject([{ machine: ERASED, counts: { failed: 1 } }]);
  });

  it("counts events with an older enrolment for the newest one's ring: an old file does not undo leaving a ring", async () => {
    const server = await start();
    const [older, newest] = [createPilot("one", NOW - 86_400_000, "ring0", NOW), createPilot("one", NOW, "ring1")];
    expect((await older.send(server.url, [older.stateEvent(1)], 1)).status).toBe(200);
    expect(await server.store.ringOf(older.pid)).toBe("ring0");
    expect((await newest.send(server.url, [newest.stateEvent(1)], 1)).status).toBe(200);
    expect((await older.send(server.url, [older.stateEvent(2, failure)], 2)).status).toBe(200);
    expect(await server.store.ringOf(older.pid)).toBe("ring1");
    const failed = async (ring: "ring0" | "ring1") => (await server.store.totals(ring, "0.2.0", 0)).failed;
    expect([await failed("ring0"), await failed("ring1")]).toEqual([0, 1]);
  });

  it("refuses events that a computer sends for another, enrolled or not", async () => {
    const server = await start();
    const [one, other] = [createPilot("one", NOW), createPilot("other", NOW)];
    await other.send(server.url, [other.stateEvent(1)], 1);
    const forged = one.bodyOf([one.stateEvent(1, failure)], 1, { "service.instance.id": other.pid });
    expect((await one.post(server.url, LOGS_PATH, forged)).status).toBe(401);
    const bare = { "Content-Type": "application/json" };
    expect((await one.post(server.url, LOGS_PATH, forged, bare)).status).toBe(401);
    expect((await server.totals()).failed).toBe(0);
  });

  it("stores the good records of a batch and counts the others as rejected", async () => {
    const server = await start();
    const pilot = createPilot("one", NOW);
    const good = pilot.stateEvent(1, failure);
    const impostor = { ...good, id: pilot.stateEvent(2).id };
    const strange = { ...pilot.stateEvent(3), kind: "horoscope" } as unknown as typeof good;
    const answer = await answerOf(await pilot.send(server.url, [good, impostor, strange], 3));
    expect(answer).toMatchObject({ status: 200, body: { partialSuccess: { rejectedLogRecords: "2" } } });
    expect((await server.totals()).failed).toBe(1);
  });

  it.each([
    { name: "invalid JSON", body: "{", status: 400 },
    { name: "JSON of another form", body: `{"resourceLogs":[]}`, status: 400 },
    { name: "a duplicate name", body: `{"resourceLogs":[],"resourceLogs":[]}`, status: 400 },
    { name: "more than a mebibyte", body: " ".repeat(MAX_BATCH_BYTES + 1), status: 413 },
  ])("refuses $name", async ({ body, status }) => {
    const server = await start();
    const pilot = createPilot("one", NOW);
    expect((await pilot.post(server.url, LOGS_PATH, utf8(body))).status).toBe(status);
  });

  it("stops reading an endless body at its limit", async () => {
    const server = await start();
    const { hostname, port } = new URL(server.url);
    const poured = await new Promise<{ status: number | undefined; bytes: number }>((resolve, reject) => {
      const headers = { "Content-Type": "application/json", "Transfer-Encoding": "chunked" };
      const asking = request({ hostname, port, path: LOGS_PATH, method: "POST", headers });
      const sent = { bytes: 0, isOver: false };
      const chunk = Buffer.alloc(64 * 1024, " ");
      const pour = () => {
        while (!sent.isOver && asking.write(chunk)) sent.bytes += chunk.length;
        if (!sent.isOver) asking.once("drain", pour);
      };
      asking.on("response", (response) => {
        sent.isOver = true;
        resolve({ status: response.statusCode, bytes: sent.bytes });
        asking.destroy();
      });
      asking.on("error", (error) => sent.isOver || reject(error));
      pour();
    });
    expect(poured.status).toBe(413);
    expect(poured.bytes).toBeLessThan(16 * MAX_BATCH_BYTES);
  });

  it("refuses other paths, methods and media types", async () => {
    const { url } = await start();
    expect((await fetch(`${url}/v1/traces`, { method: "POST", body: "{}" })).status).toBe(404);
    expect((await fetch(`${url}${LOGS_PATH}`)).status).toBe(405);
    expect((await fetch(`${url}${LOGS_PATH}`, { method: "POST", body: "{}" })).status).toBe(415);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it("asks a flooding sender to wait, and still accepts others", async () => {
    const few = { max: 5, timeWindow: 60_000 };
    const limits = { device: { max: 3, timeWindow: 60_000 }, stranger: few, unenrolled: few };
    const server = await start({ limits });
    const [loud, quiet] = [createPilot("loud", NOW), createPilot("quiet", NOW)];
    const statuses: number[] = [];
    for (let turn = 0; turn < 5; turn++)
      statuses.push((await loud.send(server.url, [loud.stateEvent(turn)], turn)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const flood = await loud.send(server.url, []);
    expect(flood.headers.get("retry-after")).toMatch(/^(5\d|60)$/);
    expect((await quiet.send(server.url, [quiet.stateEvent(1)], 1)).status).toBe(200);
    // Unknown senders are counted by their address, before any signature is checked.
    const bare = { "Content-Type": "application/json", "UVV-Enrol": "x.y.z" };
    const turned = await Promise.all(
      Array.from({ length: 8 }, () => quiet.post(server.url, LOGS_PATH, utf8("{}"), bare)),
    );
    expect(turned.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(4);
    expect((await quiet.send(server.url, [quiet.stateEvent(2)], 2)).status).toBe(200);
  });

  it("refuses a batch that it cannot store, and stores it when it is sent again", async () => {
    const server = await start();
    const pilot = createPilot("one", NOW);
    const events = [pilot.stateEvent(1, failure)];
    server.store.database.exec(
      "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT raise(ABORT, 'disk full'); END",
    );
    const refused = await pilot.send(server.url, events, 1);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "30"]);
    server.store.database.exec("DROP TRIGGER full");
    expect((await pilot.send(server.url, events, 1)).status).toBe(200);
    expect((await server.totals()).failed).toBe(1);
    expect(server.notes).toContain("events.not-kept");
  });

  it.each([
    ["is full", "STORAGE_FULL", "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"],
    ["may not be written", "STORAGE_READ_ONLY", "PRAGMA query_only = ON", "PRAGMA query_only = OFF"],
  ])(
    "answers with a code if its database %s, loses nothing that it acknowledged, and continues afterwards",
    async (...row) => {
      const [, code, damage, mend] = row;
      const server = await start();
      const pilot = createPilot("one", NOW);
      await pilot.send(server.url, [pilot.stateEvent(1, failure)], 1);
      server.store.database.exec(damage);
      const fifty = () => Array.from({ length: 50 }, () => pilot.stateEvent(2, failure));
      // A few free pages may be left.
      let waiting = fifty();
      let refused = await answerOf(await pilot.send(server.url, waiting, 2));
      while (refused.status === 200) {
        waiting = fifty();
        refused = await answerOf(await pilot.send(server.url, waiting, 2));
      }
      expect(refused).toEqual({ status: 503, body: { code } });
      const before = (await server.totals()).failed;
      server.store.database.exec(mend);
      expect((await pilot.send(server.url, waiting, 2)).status).toBe(200);
      expect((await server.totals()).failed).toBe(before + 50);
      await server.store.rebuild();
      expect((await server.totals()).failed).toBe(before + 50);
    },
  );

  it("survives a sender that closes the connection in the middle", async () => {
    const server = await start();
    const { hostname, port } = new URL(server.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST ${LOGS_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
        );
        setImmediate(() => socket.destroy());
      });
      socket.on("close", () => resolve());
    });
    const pilot = createPilot("one", NOW);
    expect((await pilot.send(server.url, [pilot.stateEvent(1)], 1)).status).toBe(200);
    expect(server.notes).toEqual([]);
  });
});

describe("erasure", () => {
  it("erases a computer only at its own request", async () => {
    const server = await start();
    const [one, other] = [createPilot("one", NOW), createPilot("other", NOW)];
    await one.send(server.url, [one.stateEvent(1, failure)], 1);
    await other.send(server.url, [other.stateEvent(1, failure)], 1);
    const erasure = utf8(JSON.stringify({ v: 1, pid: one.pid, at: NOW }));
    const bare = { "Content-Type": "application/json" };
    expect((await one.post(server.url, "/erase", erasure, bare)).status).toBe(401);
    expect((await other.post(server.url, "/erase", erasure)).status).toBe(401);
    expect((await server.totals()).failed).toBe(2);
    expect((await one.erase(server.url, NOW)).status).toBe(200);
    // What it counted stays, without its name.
    expect((await server.totals()).failed).toBe(2);
    const named = (await server.store.days("ring0", "0.2.0", 0)).map(({ machine }) => machine);
    expect(named).toEqual([ERASED, other.pid].toSorted());
    const left = server.store.database.prepare("SELECT count(*) AS n FROM events WHERE machine = ?").get(one.pid);
    expect(left).toMatchObject({ n: 0 });
  });
});

describe("tickets", () => {
  const ticket = { v: 1, id: "T-1", ring: "ring1", openedAt: NOW - 1_000, closedAt: null };
  const post = (url: string, body: unknown, token = "sesame") =>
    fetch(`${url}/tickets`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    });

  it("are accepted with the token, counted once, and can be closed", async () => {
    const server = await start();
    expect((await post(server.url, ticket, "open")).status).toBe(401);
    expect(await server.store.tickets("ring1")).toEqual([]);
    await post(server.url, ticket);
    await post(server.url, ticket);
    expect(await server.store.tickets("ring1")).toEqual([{ openedAt: NOW - 1_000, closedAt: undefined }]);
    await post(server.url, { ...ticket, closedAt: NOW });
    expect(await server.store.tickets("ring1")).toEqual([{ openedAt: NOW - 1_000, closedAt: NOW }]);
    expect((await post(server.url, { ...ticket, more: 1 })).status).toBe(400);
  });

  it("are always refused if no token is configured", async () => {
    const server = await start({ ticketToken: () => undefined });
    expect((await post(server.url, ticket, "undefined")).status).toBe(401);
  });
});
