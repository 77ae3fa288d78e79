import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openQueue } from "../../../src-main/telemetry/index.ts";
import type { TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import { NOW } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { mountMemory } from "../../ops/support/mounts.ts";
import { securityEvent, sessionEvent } from "../../shared/telemetry/events.ts";
import { openTestQueue } from "./telemetry-fixture.ts";

const DONE = { ok: true, value: undefined };
const NOTHING = { dropped: 0, corrupted: 0, refused: 0 };
const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => sessionEvent(from + i));
const segmentsIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".seg"));
const seqs = (batch: { readonly events: readonly TelemetryEvent[] } | undefined) => batch?.events.map(({ seq }) => seq);

async function drain(queue: Awaited<ReturnType<typeof openTestQueue>>): Promise<number[][]> {
  const batches: number[][] = [];
  for (let batch = await queue.next(); batch; batch = await queue.next()) {
    batches.push(seqs(batch) ?? []);
    await queue.done(batch, 0);
  }
  return batches;
}

describe("the queue", () => {
  it("returns what was appended, in order, also after a restart", async () => {
    const first = await openTestQueue();
    expect(await first.append(events(1, 3))).toEqual(DONE);
    await first.close();
    const second = await openTestQueue(first.folder);
    expect(await second.append(events(4, 5))).toEqual(DONE);
    expect((await second.next())?.events).toEqual(events(1, 3));
    expect(await drain(second)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(segmentsIn(first.folder)).toEqual([]);
  });

  it("returns the same batch until it is done", async () => {
    const queue = await openTestQueue();
    await queue.append(events(1, 2));
    const batch = await queue.next();
    await queue.append(events(3, 3));
    expect(await queue.next()).toEqual(batch);
    if (batch) await queue.done(batch, 0);
    expect(seqs(await queue.next())).toEqual([3]);
  });

  it("begins a new segment when one is full, by count or by bytes", async () => {
    const byCount = await openTestQueue(undefined, { segmentEvents: 2 });
    await byCount.append(events(1, 5));
    expect(await drain(byCount)).toEqual([[1, 2], [3, 4], [5]]);
    const byBytes = await openTestQueue(undefined, { segmentBytes: 2_500 });
    await byBytes.append(events(1, 5));
    expect((await drain(byBytes)).flat()).toEqual([1, 2, 3, 4, 5]);
  });

  it("sends security events first and drops them last", async () => {
    const queue = await openTestQueue(undefined, { segmentEvents: 1, totalBytes: 4_000 });
    await queue.append([securityEvent(1), ...events(2, 3)]);
    await queue.append([securityEvent(4), ...events(5, 9)]);
    const left = await drain(queue);
    expect(left.slice(0, 2)).toEqual([[1], [4]]);
    expect(left.at(-1)).toEqual([9]);
    expect(left.flat().length + queue.lost().dropped).toBe(9);
    expect(queue.lost().dropped).toBeGreaterThan(0);
  });

  it("drops the oldest security events if there is nothing else", async () => {
    const queue = await openTestQueue(undefined, { segmentEvents: 1, totalBytes: 1_000 });
    await queue.append([1, 2, 3, 4, 5, 6].map((seq) => securityEvent(seq)));
    const left = (await drain(queue)).flat();
    expect(left.at(-1)).toBe(6);
    expect(left).not.toContain(1);
    expect(queue.lost()).toEqual({ ...NOTHING, dropped: 6 - left.length });
  });

  it("counts lost events across restarts", async () => {
    const first = await openTestQueue(undefined, { segmentEvents: 1, totalBytes: 1_500 });
    await first.append(events(1, 4));
    const lost = first.lost();
    expect(lost.dropped).toBe(3);
    const batch = await first.next();
    if (batch) await first.done(batch, 1);
    await first.close();
    expect((await openTestQueue(first.folder)).lost()).toEqual({ ...lost, refused: 1 });
  });

  it("does not count a segment twice if a crash left it behind after it was counted", async () => {
    const first = await openTestQueue(undefined, { segmentEvents: 1 });
    await first.append(events(1, 1));
    const [name = ""] = segmentsIn(first.folder);
    const content = readFileSync(join(first.folder, name));
    const batch = await first.next();
    if (batch) await first.done(batch, 1);
    await first.close();
    writeFileSync(join(first.folder, name), content);
    const second = await openTestQueue(first.folder);
    const again = await second.next();
    expect(again?.name).toBe(name);
    if (again) await second.done(again, 1);
    expect(second.lost()).toEqual({ ...NOTHING, refused: 1 });
  });

  it("lets events expire by a signed time, and never by the computer's own clock", async () => {
    let known = 0;
    const queue = await openTestQueue(undefined, { segmentEvents: 1 }, () => known);
    await queue.append(events(1, 1));
    known = NOW;
    await queue.append(events(2, 2));
    known = NOW + 89 * DAY;
    await queue.append([{ ...sessionEvent(3), at: 0 }]);
    expect(queue.lost().dropped).toBe(0);
    known = NOW + 91 * DAY;
    // The first was created when no signed time was known: its age is unknown.
    expect((await drain(queue)).flat()).toEqual([1, 3]);
    expect(queue.lost().dropped).toBe(1);
  });

  it("skips damaged and incomplete lines, and counts the damaged ones", async () => {
    const first = await openTestQueue();
    await first.append(events(1, 5));
    await first.close();
    const [name = ""] = segmentsIn(first.folder);
    const path = join(first.folder, name);
    const content = readFileSync(path);
    content[content.indexOf('"seq":2') + 6] = 0x37;
    writeFileSync(path, content);
    truncateSync(path, content.length - 5);
    const second = await openTestQueue(first.folder);
    const batch = await second.next();
    expect(seqs(batch)).toEqual([1, 3, 4]);
    if (batch) await second.done(batch, 0);
    expect(second.lost()).toEqual({ ...NOTHING, corrupted: 1 });
  });

  it.each<[string, (folder: string, name: string) => void]>([
    ["emptied", (folder, name) => truncateSync(join(folder, name), 0)],
    ["only noise", (folder, name) => writeFileSync(join(folder, name), Buffer.alloc(5_000, 0xff))],
    ["zeros, as after a power failure", (folder, name) => writeFileSync(join(folder, name), Buffer.alloc(5_000))],
    ["in a folder with foreign files", (folder) => writeFileSync(join(folder, "notes.txt"), "hello")],
    ["in a folder with a directory of such a name", (folder) => mkdirSync(join(folder, "000000000009.0.b.seg"))],
  ])("goes on if a segment is %s", async (_name, damage) => {
    const first = await openTestQueue(undefined, { segmentEvents: 1 });
    await first.append(events(1, 2));
    await first.close();
    damage(first.folder, segmentsIn(first.folder)[0] ?? "");
    const second = await openTestQueue(first.folder);
    expect(await second.append(events(3, 3))).toEqual(DONE);
    expect((await drain(second)).flat().slice(-2)).toEqual([2, 3]);
  });

  it("belongs to one process at a time", async () => {
    const first = await openTestQueue();
    expect(await openQueue(first.folder, () => 0)).toEqual({ ok: false, error: "IN_USE" });
    await first.append(events(1, 1));
    await first.close();
    expect(await drain(await openTestQueue(first.folder))).toEqual([[1]]);
  });

  it("is empty after it is purged, and usable afterwards", async () => {
    const queue = await openTestQueue(undefined, { segmentEvents: 1, totalBytes: 1_500 });
    await queue.append([securityEvent(1), ...events(2, 5)]);
    expect(await queue.purge()).toEqual(DONE);
    expect(readdirSync(queue.folder).filter((name) => !name.startsWith("lock"))).toEqual([]);
    expect(queue.lost()).toEqual(NOTHING);
    expect(await queue.append(events(6, 6))).toEqual(DONE);
    expect(await drain(queue)).toEqual([[6]]);
  });

  it("reports a batch that is still there because it cannot be removed", async ({ skip }) => {
    const queue = await openTestQueue();
    await queue.append(events(1, 1));
    const batch = await queue.next();
    if (!batch) throw new Error("there is one");
    // Root may write to any folder except one with the immutable attribute.
    const locked = spawnSync("chattr", ["+i", queue.folder]);
    if (locked.status !== 0) return skip("no such attribute here");
    const refused = await queue.done(batch, 0);
    spawnSync("chattr", ["-i", queue.folder]);
    expect(refused).toEqual({ ok: false, error: "EPERM" });
    expect(seqs(await queue.next())).toEqual([1]);
    expect(await queue.done(batch, 0)).toEqual(DONE);
    expect(await queue.next()).toBeUndefined();
  });

  it("refuses events on a full disk, and keeps those that were queued", async ({ skip }) => {
    const folder = join(temporaryFolder(), "disk");
    const unmount = mountMemory(folder, "size=64k");
    if (!unmount) return skip("mounting a tmpfs is not allowed here");
    onTestFinished(unmount);
    const first = await openTestQueue(folder);
    const kept: number[] = [];
    let refused: unknown;
    for (let seq = 1; refused === undefined && seq < 200; seq++) {
      const appended = await first.append(events(seq, seq));
      if (appended.ok) kept.push(seq);
      else refused = appended.error;
    }
    expect(refused).toBe("ENOSPC");
    expect(kept.length).toBeGreaterThan(5);
    await first.close();
    const second = await openTestQueue(folder);
    expect((await drain(second)).flat()).toEqual(kept);
    expect(await second.append(events(999, 999))).toEqual(DONE);
    await second.close();
  });
});
