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
  /** How many minidumps were written on this computer since a moment. */
  readonly minidumps: (since: UnixMs) => Promise<number>;
  readonly log: Log;
};

/** The queue, and whether the events are stored in it. */
export type Appended = { readonly queue: TelemetryQueue; readonly queued: Result<void, string> };

/** The session of this run, and the queue that its events go to. Nothing is on disk before the first `append`. */
export type Journal = {
  readonly recorder: () => Recorder;
  /** Queues events made at that moment. An event that cannot be stored is logged. `undefined`: the queue could not be opened. */
  readonly append: (make: (recorder: Recorder) => readonly TelemetryEvent[]) => Promise<Appended | undefined>;
  /** The events of the next batch, if any wait. */
  readonly next: () => Promise<readonly TelemetryEvent[]>;
  /** What the queue holds. */
  readonly waiting: TelemetryQueue["waiting"];
  /** Begins another session in memory. */
  readonly restart: () => void;
  readonly lost: () => Lost;
  /** Ends the session as the person did. */
  readonly end: () => Promise<void>;
  /** Forgets everything, and begins a new session in memory. The error is the file system's code: something is left. */
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

  /** A session that is still written down is one that nobody ended. */
  async function closeLastSession(queue: TelemetryQueue): Promise<void> {
    const unfinished = await stored.read();
    if (!unfinished) return;
    const { gpu, renderer } = unfinished.state.crashes;
    // Counted by date: old minidumps are removed when new ones are written.
    const minidumps = await ports.minidumps(unfinished.state.startedAt);
    const event = abnormalEnd(unfinished, minidumps > gpu + renderer, ports);
    // Its number is stored first, so that it is not used twice if this start is interrupted too.
    await stored.write({ ...unfinished, seq: event.seq });
    await enqueue(queue, [event]);
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
    // The numbers are stored first, so that none is used twice after a crash.
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
      // Opened without closing the last session: that is purged too.
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
