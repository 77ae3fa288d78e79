import { join } from "node:path";
import { codeOf, removeFile, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";
import type { Lost, TelemetryEvent } from "../../src-shared/telemetry/index.ts";
import { type Bytes, DAY, KIB, MIB, type Seconds, type UnixSeconds } from "../../src-shared/units.ts";
import { LOST_FILE, openLostCount } from "./lost-count.ts";
import { holdQueueLock } from "./queue-lock.ts";
import { bySendingOrder, findSegments, readSegment, removeSegment, type Segment } from "./segment-files.ts";
import { type Lane, laneOf, lineOfEvent, segmentName } from "./segment.ts";
import { createSegment, type SegmentWriter } from "./segment-writer.ts";

export type QueueLimits = {
  readonly segmentEvents: number;
  readonly segmentBytes: Bytes;
  readonly totalBytes: Bytes;
  readonly maxAge: Seconds;
};

export const QUEUE_LIMITS: QueueLimits = {
  segmentEvents: 50,
  segmentBytes: 64 * KIB,
  totalBytes: 8 * MIB,
  maxAge: 90 * DAY,
};

/** The unit of sending: a segment to which nothing more is appended. */
export type QueuedBatch = { readonly name: string; readonly events: readonly TelemetryEvent[] };

/** Events on disk, until they were delivered (docs/formats/telemetry.md, "The queue on disk"). */
export type TelemetryQueue = {
  /**
   * Once this is `ok`, a crash does not lose these events. Otherwise some may not be queued; the error is the code of
   * the file system.
   */
  readonly append: (events: readonly TelemetryEvent[]) => Promise<Result<void, string>>;
  /** The next batch to send: security first, then the oldest. The same batch is returned until it is `done`. */
  readonly next: () => Promise<QueuedBatch | undefined>;
  /** What `next` would return now, without starting to send it. */
  readonly peek: () => Promise<readonly TelemetryEvent[]>;
  /** The server has accepted the batch, except `refused` of its events. The error is the code of the file system. */
  readonly done: (batch: QueuedBatch, refused: number) => Promise<Result<void, string>>;
  readonly lost: () => Lost;
  /** The number of waiting events, and their size. */
  readonly waiting: () => Promise<{ readonly events: number; readonly bytes: Bytes }>;
  /** Removes every event and every count. The error is the code of the file system: something may then be left. */
  readonly purge: () => Promise<Result<void, string>>;
  readonly close: () => Promise<void>;
};

/**
 * Opens the queue in a folder for this process alone. `IN_USE`: another process has it; otherwise the code of the file
 * system.
 * @param knownTime a signed time that has certainly passed, or 0: the computer's own clock may jump by years, so it
 * never makes anything too old
 */
export async function openQueue(
  folder: string,
  knownTime: () => UnixSeconds,
  limits = QUEUE_LIMITS,
): Promise<Result<TelemetryQueue, string>> {
  const release = await holdQueueLock(folder);
  if (!release.ok) return release;
  const queue = await attempt(() => queueIn(folder, knownTime, limits, release.value));
  if (!queue.ok) await release.value();
  return queue;
}

async function queueIn(
  folder: string,
  knownTime: () => UnixSeconds,
  limits: QueueLimits,
  release: () => Promise<void>,
): Promise<TelemetryQueue> {
  const counted = await openLostCount(folder);
  const segments = await findSegments(folder);
  const growing = new Map<Lane, { readonly segment: Segment; readonly writer: SegmentWriter }>();
  let number = Math.max(0, ...segments.map((segment) => segment.number));
  let sending: string | undefined;
  const inTurn = createSerialQueue();

  async function append(lane: Lane, events: readonly TelemetryEvent[]): Promise<void> {
    const lines = events.map(lineOfEvent);
    while (lines.length > 0) {
      const { segment, writer } = await segmentWithRoom(lane, lines[0]?.length ?? 0);
      const written = lines.splice(0, fitting(lines, segment));
      segment.events += written.length;
      segment.bytes += lengthOf(written);
      try {
        await writer.append(Buffer.concat(written));
      } catch (error) {
        // Its last line may be incomplete: nothing may be appended to it.
        await seal(lane);
        throw error;
      }
    }
  }

  async function segmentWithRoom(lane: Lane, bytes: Bytes) {
    const current = growing.get(lane);
    if (
      current &&
      current.segment.events < limits.segmentEvents &&
      current.segment.bytes + bytes <= limits.segmentBytes
    )
      return current;
    await seal(lane);
    const id = { number: ++number, born: knownTime(), lane };
    const name = segmentName(id);
    const fresh = { segment: { ...id, name, bytes: 0, events: 0 }, writer: await createSegment(folder, name) };
    segments.push(fresh.segment);
    growing.set(lane, fresh);
    return fresh;
  }

  function fitting(lines: readonly Buffer[], { events, bytes }: Segment): number {
    let count = 1;
    while (
      count < lines.length &&
      events + count < limits.segmentEvents &&
      bytes + lengthOf(lines.slice(0, count + 1)) <= limits.segmentBytes
    )
      count++;
    return count;
  }

  async function seal(lane: Lane): Promise<void> {
    const current = growing.get(lane);
    growing.delete(lane);
    await current?.writer.close();
  }

  async function enforceLimits(): Promise<void> {
    const isTooOld = ({ born }: Segment) => born > 0 && knownTime() - born > limits.maxAge;
    for (const segment of segments.filter(isTooOld)) await drop(segment);
    while (segments.reduce((total, { bytes }) => total + bytes, 0) > limits.totalBytes) {
      const segmentToDrop = oldest("b") ?? oldest("a");
      if (!segmentToDrop) return;
      await drop(segmentToDrop);
    }
  }

  // A batch that is being sent may still arrive, so it is not dropped and counted as lost.
  function oldest(lane: Lane): Segment | undefined {
    return segments.find((segment) => segment.lane === lane && segment.name !== sending);
  }

  async function drop(segment: Segment): Promise<void> {
    if (segment.name === sending) return;
    const content = await readSegment(folder, segment);
    if (content) await counted.add(segment.name, { dropped: content.events.length, corrupted: content.corrupted });
    await remove(segment);
  }

  async function remove(segment: Segment): Promise<void> {
    if (growing.get(segment.lane)?.segment === segment) await seal(segment.lane);
    await removeSegment(folder, segment);
    segments.splice(segments.indexOf(segment), 1);
  }

  async function next(): Promise<QueuedBatch | undefined> {
    sending = undefined;
    await enforceLimits();
    for (const segment of segments.toSorted(bySendingOrder)) {
      if (growing.get(segment.lane)?.segment === segment) await seal(segment.lane);
      const content = await readSegment(folder, segment);
      // A segment that cannot be read now may be readable later, and does not block the others.
      if (!content) continue;
      if (content.events.length > 0) {
        sending = segment.name;
        return { name: segment.name, events: content.events };
      }
      await counted.add(segment.name, { corrupted: content.corrupted });
      await remove(segment);
    }
    return undefined;
  }

  async function peek(): Promise<readonly TelemetryEvent[]> {
    for (const segment of segments.toSorted(bySendingOrder)) {
      const events = (await readSegment(folder, segment))?.events ?? [];
      if (events.length > 0) return events;
    }
    return [];
  }

  async function waiting() {
    const contents = await Promise.all(segments.map((segment) => readSegment(folder, segment)));
    const events = contents.reduce((total, content) => total + (content?.events.length ?? 0), 0);
    return { events, bytes: segments.reduce((total, { bytes }) => total + bytes, 0) };
  }

  async function done({ name }: QueuedBatch, refused: number): Promise<void> {
    sending = undefined;
    const segment = segments.find((one) => one.name === name);
    if (!segment) return;
    const content = await readSegment(folder, segment);
    await counted.add(name, { corrupted: content?.corrupted ?? 0, refused });
    await remove(segment);
  }

  async function purge(): Promise<void> {
    sending = undefined;
    for (const segment of segments.toSorted(bySendingOrder)) await remove(segment);
    await removeFile(join(folder, LOST_FILE));
    counted.reset();
    await syncFolder(folder);
  }

  async function appendAll(events: readonly TelemetryEvent[]): Promise<void> {
    for (const lane of ["a", "b"] as const) {
      await append(
        lane,
        events.filter((event) => laneOf(event) === lane),
      );
    }
    await enforceLimits();
  }

  return {
    append: (events) => inTurn(() => attempt(() => appendAll(events))),
    next: () => inTurn(next),
    peek: () => inTurn(peek),
    done: (batch, refused) => inTurn(() => attempt(() => done(batch, refused))),
    lost: counted.lost,
    waiting: () => inTurn(waiting),
    purge: () => inTurn(() => attempt(() => purge())),
    close: () =>
      inTurn(async () => {
        await seal("a");
        await seal("b");
        await release();
      }),
  };
}

function lengthOf(lines: readonly Buffer[]): Bytes {
  return lines.reduce((total, line) => total + line.length, 0);
}

async function attempt<T>(step: () => Promise<T>): Promise<Result<T, string>> {
  try {
    return ok(await step());
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err(codeOf(error));
  }
}
