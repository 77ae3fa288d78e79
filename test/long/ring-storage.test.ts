import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openRingStore, startRingServer } from "../../src-ops/rings/index.ts";
import { createPilot, enrolmentIssuer } from "../fakes/pilot.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const MIB = 1024 * 1024;

/** A real file system of its own, so small that it can be filled. Takes the rights to mount. */
function smallDisk(bytes: number): string {
  const folder = temporaryFolder();
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], { encoding: "utf8" });
  if (mount.status !== 0) throw new Error(`this test has to mount a small file system: ${mount.stderr}`);
  onTestFinished(() => void spawnSync("umount", [folder]));
  return folder;
}

it("answers 503 on a full disk, keeps what it acknowledged, and takes the rest once there is room", async () => {
  const data = smallDisk(3 * MIB);
  const store = await openRingStore({ data }, "made where it is missing");
  if (!store.ok) throw new Error(store.error.message);
  const server = await startRingServer({
    store: store.value,
    roots: [enrolmentIssuer.root],
    host: "127.0.0.1",
    port: 0,
    now: Date.now,
    note: () => undefined,
    ticketToken: undefined,
    rates: { device: { perSecond: 1_000, burst: 10_000 }, stranger: { perSecond: 1_000, burst: 10_000 } },
  });
  onTestFinished(server.stop);
  const ballast = join(data, "ballast");
  writeFileSync(ballast, Buffer.alloc(MIB));
  const pilot = createPilot("one", Date.now());
  const failed = async () => (await store.value.totals("ring0", "0.2.0", 0)).failed;
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
  await store.value.rebuild();
  expect(await failed()).toBe(acknowledged + 50);
  process.stdout.write(`the disk was full after ${acknowledged} events; all of them are there\n`);
});
