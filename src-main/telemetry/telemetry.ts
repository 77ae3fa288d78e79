import { join } from "node:path";
import type { Erasure, HealthView, TelemetryPart } from "../../src-shared/ipc/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";
import {
  type Crash,
  type FeedbackContent,
  type LocalMetrics,
  localMetricsOf,
  type ProblemContent,
  type Sample,
  type SecurityFinding,
  type Sender,
  type SessionChange,
  type SessionState,
  type UpdateStep,
} from "../../src-shared/telemetry/index.ts";
import type { Milliseconds, UnixSeconds } from "../../src-shared/units.ts";
import { deliver } from "./delivery.ts";
import { createIdentity, type IdentityPorts, type SenderIdentity } from "./identity.ts";
import { createJournal, type JournalPorts } from "./journal.ts";
import { openMetricsFiles } from "./metrics-files.ts";
import type { PostPort, SignPort, WaitPort } from "./ports.ts";
import { previewOf } from "./preview.ts";
import type { TelemetryQueue } from "./queue.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { createTransport, type Destination, type SendContext } from "./transport.ts";

export type TelemetryPorts = JournalPorts &
  IdentityPorts & {
    /** Whether the person at the computer has agreed. Checked before anything is written or sent. */
    readonly hasConsent: () => boolean;
    /** The sender, without the pseudonym and the ring. */
    readonly sender: Omit<Sender, "service.instance.id" | "uvv.ring">;
    /** `undefined`: this build has no ingest, and measurements stay on this computer. */
    readonly destination: Destination | undefined;
    /** The endpoint for the local files. */
    readonly monitoring: string | undefined;
    readonly post: PostPort;
    readonly sign: SignPort;
    readonly wait: WaitPort;
    /** From 0 up to 1. */
    readonly random: () => number;
    readonly sample: () => Promise<Omit<Sample, "uptimeMs" | "lost">>;
    /** The data behind the views has changed. */
    readonly changed: () => void;
  };

/** Measures, stores and sends, from consent to withdrawal (docs/formats/telemetry.md). */
export type Telemetry = {
  /** Counts in memory: cheap, and never fails. */
  readonly note: (change: SessionChange) => void;
  /** Queued at once; the same artefact once per session. */
  readonly report: (finding: SecurityFinding) => void;
  readonly reportUpdate: (step: UpdateStep) => void;
  /** A process ended. A session reports the first twenty; all are counted. */
  readonly reportCrash: (crash: Crash) => void;
  /**
   * Text that a person wrote: queued at once and sent soon. The error is the code of the file system, or that there is
   * no consent.
   */
  readonly sendFeedback: (feedback: FeedbackContent) => Promise<Result<void, string>>;
  readonly sendProblem: (problem: ProblemContent) => Promise<Result<void, string>>;
  /** The current session, as counted so far. */
  readonly session: () => SessionState;
  /** The health of this computer, from the same figures. Writes nothing, with or without consent. */
  readonly health: () => Promise<HealthView>;
  /** Called after consent was given: what happened before is not counted. */
  readonly begin: () => Promise<void>;
  /** Called at the start of the app: stores that a session has begun, so that its end is detected whatever happens. */
  readonly open: () => Promise<void>;
  /** Called a few seconds after the start of the app, and every five minutes. */
  readonly tick: () => Promise<void>;
  /**
   * Called after consent was withdrawn: removes everything here. The error is the code of the file system: something is
   * left.
   */
  readonly withdraw: () => Promise<Result<void, string>>;
  /** What would leave with the next batch now. Writes nothing, with or without consent. */
  readonly preview: () => Promise<TelemetryPart[]>;
  /** Whether the server has erased the data of this computer, as far as this run knows. */
  readonly erasure: () => Erasure;
  /** Ends work in progress, and the session. */
  readonly close: () => Promise<void>;
};

// A process that cannot be started at all ends again and again.
const MOST_CRASHES = 20;

export function createTelemetry(ports: TelemetryPorts): Telemetry {
  const { destination, log, monitoring, post } = ports;
  const journal = createJournal(ports);
  const identity = createIdentity(ports);
  const files = openMetricsFiles(join(ports.folder, "metrics"));
  const transport = destination && createTransport({ ...ports, destination });
  const reported = new Set<string>();
  let crashesReported = 0;
  let before = { cpuMs: 0, uptimeMs: 0 };
  let restUntil: Milliseconds = Number.NEGATIVE_INFINITY;
  let sending: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  const enqueue = createSerialQueue();
  let erasure: Erasure = "none";
  let delivered: UnixSeconds | null = null;

  /** One step at a time, in the order of the calls. A disk error is logged, and the next step tries again. */
  const inTurn = (step: () => Promise<void>): Promise<Result<void, string>> => enqueue(() => attempt(step));

  async function attempt(step: () => Promise<void>): Promise<Result<void, string>> {
    try {
      return ok(await step());
    } catch (error) {
      const code = codeOf(error);
      if (code === "") throw error;
      log("telemetry.not-kept", { code });
      return err(code);
    }
  }

  async function tick(): Promise<void> {
    if (!ports.hasConsent()) return eraseIfRequested(new AbortController().signal);
    await takeSample(journal.recorder());
    const appended = await journal.append((recorder) => [recorder.stateEvent()]);
    const who = await identity.resolve();
    await writeLocalFile(who);
    if (appended) startSending(appended.queue, who);
  }

  async function takeSample(recorder: Recorder): Promise<void> {
    const sample = { ...(await ports.sample()), uptimeMs: recorder.up(), lost: journal.lost() };
    recorder.change({ kind: "sample", sample });
  }

  async function writeLocalFile(who: SenderIdentity): Promise<void> {
    await files.write(localMetrics(journal.recorder(), who));
    before = journal.recorder().record().state;
  }

  function localMetrics(recorder: Recorder, { ring, pid }: SenderIdentity): LocalMetrics {
    const timestamp = new Date(ports.now()).toISOString();
    const about = { timestamp, ring, hostname: pid, version: ports.sender["service.version"] };
    return localMetricsOf(about, recorder.record().state, before);
  }

  // A delivery in progress goes on: there is only one at a time.
  function startSending(queue: TelemetryQueue, who: SenderIdentity): void {
    if (sending) return;
    const stop = new AbortController();
    const ended = attempt(() => send(queue, who, stop.signal)).then(() => void (sending = undefined));
    sending = { stop, ended };
  }

  async function send(queue: TelemetryQueue, who: SenderIdentity, signal: AbortSignal): Promise<void> {
    if (monitoring !== undefined) await files.post(monitoring, post, signal);
    if (!transport || ports.monotonic() < restUntil) return;
    await eraseIfRequested(signal);
    // New measurements wait until the server has erased the old ones.
    if (signal.aborted || (await identity.toErase())) return;
    const from = async () => senderNow(journal.recorder(), who);
    const { restMs } = await deliver({ queue, transport, wait: ports.wait, from, delivered: noteDelivery }, signal);
    restUntil = ports.monotonic() + restMs;
  }

  function noteDelivery(): void {
    delivered = Math.max(0, Math.floor(ports.now() / 1_000));
  }

  function senderNow(recorder: Recorder, { pid, ring, token }: SenderIdentity): SendContext {
    const sender = { ...ports.sender, "service.instance.id": pid, "uvv.ring": ring };
    const { session, up } = recorder.record();
    return { sender, sent: { at: Math.max(0, ports.now()), session, up }, enrolment: token };
  }

  async function preview(): Promise<TelemetryPart[]> {
    // Before consent it is the first batch of the session that would begin with it.
    const recorder = ports.hasConsent() ? journal.recorder() : createRecorder(ports);
    await takeSample(recorder);
    const who = await identity.resolveWithoutStoring();
    const waiting = await journal.next();
    const events = waiting.length > 0 ? waiting : [recorder.nextState()];
    return previewOf(ports, senderNow(recorder, who), events, localMetrics(recorder, who));
  }

  async function eraseIfRequested(signal: AbortSignal): Promise<void> {
    const request = transport && (await identity.toErase());
    if (!request) return;
    showErasure("waiting");
    const next = await transport.erase(request.pid, request.token, 0, signal);
    if (next.kind !== "delivered") return;
    await identity.erased();
    log("telemetry.erased", {});
    showErasure("done");
  }

  function showErasure(next: Erasure): void {
    if (next === erasure) return;
    erasure = next;
    ports.changed();
  }

  async function stopSending(): Promise<void> {
    sending?.stop.abort();
    await sending?.ended;
  }

  async function withdraw(): Promise<Result<void, string>> {
    await identity.forget();
    erasure = transport ? "waiting" : "none";
    reported.clear();
    before = { cpuMs: 0, uptimeMs: 0 };
    const purged = await journal.purge();
    await files.purge();
    if (purged.ok) log("telemetry.purged", {});
    return purged;
  }

  function queueNow(make: Parameters<typeof journal.append>[0]): void {
    void inTurn(async () => {
      if (ports.hasConsent()) await journal.append(make);
    });
  }

  async function sendNow(make: Parameters<typeof journal.append>[0]): Promise<Result<void, string>> {
    let kept: Result<void, string> = err("NO_CONSENT");
    const done = await inTurn(async () => {
      if (!ports.hasConsent()) return;
      const appended = await journal.append(make);
      kept = appended?.queued ?? err("NOT_KEPT");
      if (appended) startSending(appended.queue, await identity.resolve());
    });
    return done.ok ? kept : done;
  }

  async function health(): Promise<HealthView> {
    await takeSample(journal.recorder());
    const { startMs, uptimeMs, downMs, cpuMs, memory, faults, security, crashes, lost } = journal
      .recorder()
      .record().state;
    const counted = { startMs, uptimeMs, downMs, cpuMs, memory, faults, security, crashes, lost };
    return { ...counted, queue: await journal.waiting(), delivered };
  }

  return {
    note: (change) => journal.recorder().change(change),
    report(finding) {
      const name = JSON.stringify(finding);
      if (reported.has(name)) return;
      reported.add(name);
      queueNow((recorder) => [recorder.findingEvent(finding)]);
    },
    reportCrash(crash) {
      if (crashesReported++ < MOST_CRASHES) queueNow((recorder) => [recorder.crashEvent(crash)]);
    },
    reportUpdate: (step) => queueNow((recorder) => [recorder.updateEvent(step)]),
    sendFeedback: (feedback) => sendNow((recorder) => [recorder.feedbackEvent(feedback)]),
    sendProblem: (problem) => sendNow((recorder) => [recorder.problemEvent(problem)]),
    session: () => journal.recorder().record().state,
    health,
    async begin() {
      if (erasure === "done") erasure = "none";
      journal.restart();
      await inTurn(tick);
    },
    async open() {
      await inTurn(async () => {
        if (ports.hasConsent()) await journal.append(() => []);
      });
    },
    async tick() {
      await inTurn(tick);
    },
    async withdraw() {
      await stopSending();
      let purged: Result<void, string> = ok(undefined);
      const done = await inTurn(async () => {
        purged = await withdraw();
      });
      return done.ok ? purged : done;
    },
    preview,
    erasure: () => erasure,
    async close() {
      await stopSending();
      await inTurn(async () => {
        // The last sample may be minutes old: the final state is measured when the session ends.
        if (ports.hasConsent()) await takeSample(journal.recorder());
        await journal.end();
      });
    },
  };
}
