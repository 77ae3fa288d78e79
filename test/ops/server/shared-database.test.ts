import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openRingStore, startRingServer } from "../../../src-ops/server/index.ts";
import { createPilot, enrolmentIssuer, type Pilot } from "../../fakes/pilot.ts";
import { type PostgresServer, startPostgres } from "../../fakes/postgres-server.ts";
import { type RingServerProcess, startRingServerProcess } from "../../fakes/ring-server-process.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { refusal, succeed } from "../support/vaultctl.ts";
import { ask, openPair, until } from "./server-pair.ts";

const EVERY_S = 1;

let postgres: PostgresServer;
beforeAll(async () => void (postgres = await startPostgres()));
afterAll(() => postgres.stop());

const seek = { kind: "operation", operation: "seek", succeeded: true } as const;

/** Sends each event to both servers until `isEnded`. Returns the ids that at least one server acknowledged. */
async function sendToBoth(pilot: Pilot, servers: readonly RingServerProcess[], isEnded: () => boolean) {
  const acknowledged: string[] = [];
  for (let up = 1; !isEnded(); up++) {
    const event = pilot.stateEvent(up, seek);
    const answers = await Promise.allSettled(servers.map(({ url }) => pilot.send(url, [event], up)));
    const statuses = answers.map((answer) => (answer.status === "fulfilled" ? answer.value.status : 0));
    if (statuses.includes(200)) acknowledged.push(event.id);
  }
  return acknowledged;
}

describe("two ring servers on one database", () => {
  it("lose and duplicate nothing when one is killed, and the other halts once and alerts once", async () => {
    const { publisher, build, sink, url, first, second } = await openPair(postgres, EVERY_S);
    const pilots = Array.from({ length: 4 }, (_, index) => createPilot(`pilot ${index}`, Date.now()));
    let isEnded = false;
    const sending = Promise.all(pilots.map((pilot) => sendToBoth(pilot, [first, second], () => isEnded)));
    await wait(400);
    const crasher = createPilot("crasher", Date.now());
    expect(
      (await crasher.send(second.url, [crasher.stateEvent(1, { kind: "crash", process: "main" })], 1)).status,
    ).toBe(200);
    await first.kill();
    const killedAt = performance.now();
    await wait(400);
    isEnded = true;
    const acknowledged = (await sending).flat();

    const events = await ask<{ id: string }>(url, "SELECT id FROM events");
    const storedIds = new Set(events.map(({ id }) => id));
    // Some before the kill and some after, even on a slow machine.
    expect(acknowledged.length).toBeGreaterThan(8);
    expect(acknowledged.filter((id) => !storedIds.has(id))).toEqual([]);
    expect(storedIds.size).toBe(events.length);
    const [sum] = await ask<{ operations: string }>(url, "SELECT sum(operations) AS operations FROM slots");
    // Each event but the crash has one operation, so a duplicate in the aggregates would be visible.
    expect(Number(sum?.operations)).toBe(events.length - 1);

    type Status = { rings: { ring0: { halt?: { build: string } } } };
    await until(
      "the ring is halted",
      async () => (await publisher.feed<Status>("status")).rings.ring0.halt?.build === build,
    );
    const seconds = (performance.now() - killedAt) / 1_000;
    process.stdout.write(
      `${acknowledged.length} events; killed, and halted by the other ${seconds.toFixed(1)} s later\n`,
    );
    await until("people are alerted", async () => sink.got.length >= 2);
    await wait(EVERY_S * 2_500);
    const audit = await succeed<{ log: { decision: { kind: string } }[] }>(["ring", "audit", "--database-url", url]);
    expect(audit.log.filter(({ decision }) => decision.kind.startsWith("halt"))).toHaveLength(1);
    const alertsAbout = (what: RegExp) => sink.got.filter(({ text }) => what.test(text.split("\n", 1).join(""))).length;
    expect([sink.got.length, alertsAbout(/crash/i), alertsAbout(/halted/i)]).toEqual([2, 1, 1]);
  }, 120_000);
});

describe("a database that goes away", () => {
  async function openServer() {
    const store = await openRingStore({ data: "", databaseUrl: await postgres.create() }, "fail");
    if (!store.ok) throw new Error(store.error.message);
    const notes: object[] = [];
    const server = await startRingServer({
      store: store.value,
      roots: [enrolmentIssuer.root],
      host: "127.0.0.1",
      port: 0,
      now: Date.now,
      note: (event, fields) => void notes.push({ event, ...fields }),
      ticketToken: () => "sesame",
    });
    onTestFinished(server.stop);
    return { ...server, store: store.value, notes };
  }

  it("causes 503 until it is back; then nothing is missing and no restart is needed", async () => {
    const { url, store } = await openServer();
    const pilot = createPilot("one", Date.now());
    const events = [pilot.stateEvent(1, seek), pilot.stateEvent(2, seek)];
    const send = async (index: number) => {
      const answer = await pilot.send(url, events.slice(index, index + 1), index + 1);
      return [answer.status, answer.headers.get("retry-after"), (await answer.json()) as unknown];
    };
    const ticket = () =>
      fetch(`${url}/tickets`, {
        method: "POST",
        body: JSON.stringify({ v: 1, id: "T-1", ring: "ring0", openedAt: 1, closedAt: null }),
        headers: { "Content-Type": "application/json", Authorization: "Bearer sesame" },
      });
    expect(await send(0)).toEqual([200, null, {}]);
    expect(await store.leadership.isOurs()).toBe(true);
    await postgres.crash();
    expect(await send(1)).toEqual([503, "30", { code: "STORAGE_AWAY" }]);
    expect((await ticket()).status).toBe(503);
    await expect(store.leadership.isOurs()).rejects.toThrow();
    await postgres.start();
    expect(await send(1)).toEqual([200, null, {}]);
    expect((await ticket()).status).toBe(200);
    expect(await store.leadership.isOurs()).toBe(true);
    expect((await store.totals("ring0", "0.2.0", 0)).operations).toBe(2);
  });

  it("does not reveal its password in the list of processes or in the log", async () => {
    const password = ["open", "sesame"].join("-");
    const url = await postgres.create();
    const server = await startRingServerProcess(["--database-url", `${url}&password=${password}`]);
    onTestFinished(server.kill);
    expect(readFileSync(`/proc/${server.pid}/cmdline`, "utf8")).not.toContain(password);
    expect(server.stderr()).not.toContain(password);
    const unreachable = startRingServerProcess(["--database-url", `postgres://ring:${password}@127.0.0.1:1/ring`]);
    await expect(unreachable).rejects.toThrow(/cannot be reached/);
    await expect(unreachable).rejects.not.toThrow(password);
  });

  it("reads its password from PGPASSFILE, and refuses a wrong one", async () => {
    const url = await postgres.create();
    const [name] = /ring\d+/.exec(url) as unknown as [string];
    const [{ hba_file: rules }] = (await ask(url, "SHOW hba_file")) as [{ hba_file: string }];
    const folder = temporaryFolder();
    const password = ["open", "sesame"].join("-");
    const passwords = (text: string) => {
      const file = join(folder, text);
      writeFileSync(file, `*:*:${name}:ring:${text}\n`, { mode: 0o600 });
      return { PGPASSFILE: file };
    };
    await ask(url, `ALTER USER ring PASSWORD '${password}'`);
    writeFileSync(rules, `local ${name} ring scram-sha-256\n${readFileSync(rules, "utf8")}`);
    await ask(url.replace(name, "postgres"), "SELECT pg_reload_conf()");
    const audit = ["ring", "account", "ann", "--role", "viewer", "--database-url", url];
    expect(await succeed(audit, passwords(password))).toMatchObject({ name: "ann" });
    expect(await refusal(audit, passwords("else"))).toBe("STORAGE_REFUSED");
  });

  it("is reported with a code at the command line, and refused unchanged if it is newer", async () => {
    const url = await postgres.create();
    const audit = (databaseUrl: string) => refusal(["ring", "audit", "--database-url", databaseUrl]);
    expect(await audit("mysql://ring@127.0.0.1/ring")).toBe("DATABASE_URL_INVALID");
    expect(await audit(url.replace(/\/ring\d+/, "/none"))).toBe("STORAGE_REFUSED");
    expect(await audit("postgres://ring@127.0.0.1:1/ring")).toBe("STORAGE_AWAY");
    await succeed(["ring", "account", "ann", "--role", "viewer", "--database-url", url]);
    await ask(url, "UPDATE ring_schema SET version = version + 90");
    expect(await audit(url)).toBe("DATABASE_NEWER");
    await ask(
      url,
      "UPDATE ring_schema SET version = version - 90; ALTER DATABASE " +
        /ring\d+/.exec(url)?.[0] +
        " SET default_transaction_read_only = on",
    );
    expect(await refusal(["ring", "account", "bob", "--role", "viewer", "--database-url", url])).toBe(
      "STORAGE_READ_ONLY",
    );
  });
});
