import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { openRingStore, type StoreLocation, startRingServer } from "../../src-ops/server/index.ts";
import { createPilot, enrolmentIssuer } from "../fakes/pilot.ts";
import { startPostgres } from "../fakes/postgres-server.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const MIB = 1024 * 1024;
const CRASHES = 12;

/** A separate file system, so small that a test can fill it. Needs the right to mount. */
function smallDisk(bytes: number): string {
  const folder = temporaryFolder();
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], { encoding: "utf8" });
  if (mount.status !== 0) throw new Error(`this test has to mount a small file system: ${mount.stderr}`);
  onTestFinished(() => void spawnSync("umount", [folder]));
  return folder;
}

const OFTEN = { max: 10_000, timeWindow: 10_000 };

async function openServer(location: StoreLocation) {
  const store = await openRingStore(location, "create");
  if (!store.ok) throw new Error(store.error.message);
  const server = await startRingServer({
    store: store.value,
    roots: [enrolmentIssuer.root],
    host: "127.0.0.1",
    port: 0,
    now: Date.now,
    note: () => undefined,
    ticketToken: () => undefined,
    limits: { device: OFTEN, stranger: OFTEN, unenrolled: OFTEN },
  });
  onTestFinished(server.stop);
  const failed = async () => (await store.value.totals("ring0", "0.2.0", 0)).failed;
  return { url: server.url, store: store.value, failed };
}

it("answers 503 on a full disk, keeps the acknowledged events, and accepts the others when there is space again", async () => {
  const data = smallDisk(3 * MIB);
  const server = await openServer({ data });
  const { failed } = server;
  const ballast = join(data, "ballast");
  writeFileSync(ballast, Buffer.alloc(MIB));
  const pilot = createPilot("one", Date.now());
  let acknowledged = 0;
  for (let batch = 0; ; batch++) {
    const events = Array.from({ length: 50 }, (_, index) =>
      pilot.stateEvent(batch * 50 + index + 1, { kind: "operation", operation: "seek", succeeded: false }),
    );
    const send = () => pilot.send(server.url, events, batch * 50 + 60);
    const answer = await send();
    if (answer.status === 200) {
      acknowledged += events.length;
      continue;
    }
    expect([answer.status, await answer.json()]).toEqual([503, { code: "STORAGE_FULL" }]);
    expect(await failed()).toBe(acknowledged);
    rmSync(ballast);
    expect((await send()).status).toBe(200);
    expect(await failed()).toBe(acknowledged + events.length);
    break;
  }
  await server.store.rebuild();
  expect(await failed()).toBe(acknowledged + 50);
  process.stdout.write(`the disk was full after ${acknowledged} events; all of them are there\n`);
});

it("loses and duplicates nothing when PostgreSQL itself is killed repeatedly", { timeout: 300_000 }, async () => {
  const postgres = await startPostgres({ fsync: true });
  onTestFinished(postgres.stop);
  const { url, store, failed } = await openServer({ data: "", databaseUrl: await postgres.create() });
  let isDone = false;
  let refusals = 0;
  /** Sends one event after the other, each until it is accepted; returns the number of events. */
  async function send(name: string): Promise<number> {
    const pilot = createPilot(name, Date.now());
    for (let sent = 0; ; sent++) {
      if (isDone) return sent;
      const event = pilot.stateEvent(sent + 1, { kind: "operation", operation: "seek", succeeded: false });
      while ((await pilot.send(url, [event], sent + 1)).status !== 200) {
        refusals++;
        await wait(20);
      }
    }
  }
  const sending = Promise.all(Array.from({ length: 6 }, (_, index) => send(`pilot ${index}`)));
  for (let crash = 0; crash < CRASHES; crash++) {
    await wait(100 + Math.random() * 400);
    await postgres.crash();
    await postgres.start();
  }
  isDone = true;
  const sent = (await sending).reduce((sum, one) => sum + one, 0);
  expect(refusals).toBeGreaterThan(0);
  expect(await failed()).toBe(sent);
  expect(await store.rebuild()).toEqual({ events: sent });
  expect(await failed()).toBe(sent);
  process.stdout.write(
    `PostgreSQL was killed ${CRASHES} times: ${sent} events sent and kept, ${refusals} refused meanwhile\n`,
  );
});
