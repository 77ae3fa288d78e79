import { join } from "node:path";
import * as v from "valibot";
import { ok, type Result } from "../../src-shared/result.ts";
import {
  EventId,
  type Lost,
  NOTHING_LOST,
  SessionState,
  type TelemetryEvent,
} from "../../src-shared/telemetry/index.ts";
import type { UnixMs, UnixSeconds } from "../../src-shared/units.ts";
import type { Log } from "../log/index.ts";
import { openQueue, type TelemetryQueue } from "./queue.ts";
import { abnormalEnd, createRecorder, type Recorder, type RecorderPorts } from "./recorder.ts";
import { smallStateIn } from "../../src-shared/node/small-state.ts";

export type JournalPorts = RecorderPorts & {
  readonly folder: string;
  readonly knownTime: () => UnixSeconds;
  /** How many minidumps were written on this computer since a point in time. */
  readonly minidumps: (since: UnixMs) => Promise<number>;
  readonly log: Log;
};

/** The queue, and whether the events are stored in it. */
export type Appended = { readonly queue: TelemetryQueue; readonly queued: Result<void, string> };

/** The session of this run, and the queue for its events. Nothing is on disk before the first `append`. */
export type Journal = {
  readonly recorder: () => Recorder;
  /**
   * Queues events made at that time. An event that cannot be stored is logged. `undefined`: the queue could not be
   * opened.
   */
  readonly append: (make: (recorder: Recorder) => readonly TelemetryEvent[]) => Promise<Appended | undefined>;
  /** The events of the next batch, if there are any. */
  readonly next: () => Promise<readonly TelemetryEvent[]>;
  /** The content of the queue. */
  readonly waiting: TelemetryQueue["waiting"];
  /** Begins another session in memory. */
  readonly restart: () => void;
  readonly lost: () => Lost;
  /** Records that the person ended the session. */
  readonly end: () => Promise<void>;
  /**
   * Removes everything, and begins a new session in memory. The error is the code of the file system: something is
   * left.
   */
  readonly purge: () => Promise<Result<void, string>>;
};

const StoredSession = v.object({
  session: EventId,
  seq: v.number(),
  up: v.number(),
  state: SessionState,
});

export function createJournal(ports: JournalPorts): Journal {
  const { folder, log } = ports;
  const stored = smallStateIn(join(folder, "session.json"), StoredSession);
  let recorder = createRecorder(ports);
  let current: TelemetryQueue | undefined;

  async function opened(): Promise<TelemetryQueue | undefined> {
    if (current) return current;
    const queue = await openQueue(join(folder, "queue"), ports.knownTime);
    if (!queue.ok) {
      log("telemetry.not-kept", { code: queue.error });
      return undefined;
    }
    current = queue.value;
    await closeLastSession(current);
    return current;
  }

  /** A stored session that is still there did not end regularly. */
  async function closeLastSession(queue: TelemetryQueue): Promise<void> {
    const unfinished = await stored.read();
    if (!unfinished) return;
    const { gpu, renderer } = unfinished.state.crashes;
    // Counted by date: old minidumps are removed when new ones are written.
    const minidumps = await ports.minidumps(unfinished.state.startedAt);
    const events = abnormalEnd(unfinished, minidumps > gpu + renderer, ports);
    // The sequence numbers are stored first, so that none is used twice if this start is interrupted too.
    await stored.write({ ...unfinished, seq: unfinished.seq + events.length });
    await enqueue(queue, events);
  }

  async function enqueue(queue: TelemetryQueue, events: readonly TelemetryEvent[]): Promise<Result<void, string>> {
    const queued = await queue.append(events);
    if (!queued.ok) log("telemetry.not-kept", { code: queued.error });
    return queued;
  }

  async function append(make: (recorder: Recorder) => readonly TelemetryEvent[]): Promise<Appended | undefined> {
    const queue = await opened();
    if (!queue) return undefined;
    const events = make(recorder);
    // The sequence numbers are stored first, so that none is used twice after a crash.
    await stored.write(recorder.record());
    return { queue, queued: await enqueue(queue, events) };
  }

  return {
    recorder: () => recorder,
    append,
    next: async () => (await current?.peek()) ?? [],
    waiting: async () => (await current?.waiting()) ?? { events: 0, bytes: 0 },
    restart() {
      recorder = createRecorder(ports);
    },
    lost: () => current?.lost() ?? NOTHING_LOST,
    async end() {
      if (!current) return;
      recorder.end();
      await append((last) => [last.stateEvent()]);
      await stored.remove();
      await current.close();
      current = undefined;
    },
    async purge() {
      // Opened without closing the last session: that one is purged too.
      const queue = current ? ok(current) : await openQueue(join(folder, "queue"), ports.knownTime);
      if (!queue.ok) return queue;
      current = undefined;
      recorder = createRecorder(ports);
      const purged = await queue.value.purge();
      await queue.value.close();
      await stored.remove();
      return purged;
    },
  };
}
