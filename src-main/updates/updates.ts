import type { RingDetails, UpdateOutcome, UpdateStage, UpdatesView } from "../../src-shared/ipc/index.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";
import {
  type CheckTrigger,
  buildOf,
  type Feed,
  isOn,
  type ListedFile,
  type SwitchName,
  judgeOlderCopy,
  OLDER_COPY_RETRY,
  type UpdateProblem,
} from "../../src-shared/updates/index.ts";
import { type FeedCheck, checkFeed } from "./feed-check.ts";
import { detailsOf, type Installation, outcomeOf } from "./outcome.ts";
import { pollDelay } from "./polling.ts";
import type { UnderWay, UpdatePorts, Waiting } from "./ports.ts";

type Offer = Extract<UpdateStage, { stage: "ready" }>["offer"];
type Ready = Waiting & { readonly trigger: CheckTrigger; readonly offer: Offer; readonly update: UnderWay };

/** The one update of this app: checks for it, downloads it, withdraws it, installs it. */
export type Updates = {
  readonly view: () => UpdatesView;
  /** A signed switch of the ring, as it was when the feed was last read. */
  readonly isOn: (name: SwitchName) => boolean;
  /** Checks the feed now. A check that a person starts ignores the rollout percentage. */
  readonly check: (from: Waiting["from"], trigger: CheckTrigger) => Promise<void>;
  /** Decides and hashes once more, then passes the file to the system. Returns only if nothing was installed. */
  readonly install: () => Promise<Result<undefined, UpdateProblem | "NOTHING_READY">>;
  /** Starts the automatic checks, the first one after `delaySeconds`. */
  readonly start: (delaySeconds: number) => void;
  readonly close: () => Promise<void>;
};

//  idle ──▶ checking ──▶ downloading ──▶ ready ──▶ installing ──▶ (another version)
//    ▲         │  any decision but "install"  │          │
//    └─────────┴──────── purged ◀─────────────┴──────────┘
export function createUpdates(ports: UpdatePorts): Updates {
  const closing = new AbortController();
  const { signal } = closing;
  let ring: Ring = "ga";
  let stage: UpdateStage = { stage: "idle" };
  let outcome: UpdateOutcome | null = null;
  let details: RingDetails | null = null;
  let checked: number | null = null;
  let ready: Ready | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** One check, download or installation at a time. */
  const inTurn = createSerialQueue();

  function show(next: UpdateStage): void {
    stage = next;
    ports.changed();
  }

  function rest(): void {
    show(
      ready ? { stage: "ready", offer: ready.offer, installable: ports.installer !== undefined } : { stage: "idle" },
    );
  }

  /** Removes the waiting update: it was halted, revoked, replaced or is no longer meant for this installation. */
  async function purge(keep?: ListedFile): Promise<void> {
    if (ready && ready.file.sha256 !== keep?.sha256) {
      ports.log("updates.purged", { version: ready.offer.version });
      ready = undefined;
    }
    await ports.pending.keepOnly(keep);
  }

  function problem(code: UpdateProblem): void {
    if (code === "CANCELLED") return;
    outcome = { kind: "problem", code };
    ports.log("updates.refused", { code });
  }

  function failed(update: UnderWay, code: UpdateProblem): void {
    if (code !== "CANCELLED") ports.step("failed", update, code);
    problem(code);
  }

  async function noteIfOlder(refused: UpdateProblem): Promise<Result<never, UpdateProblem>> {
    const { code, since } = judgeOlderCopy(refused, ports.memory.olderSince(), ports.now());
    await ports.memory.noteOlder(since);
    return err(code);
  }

  async function checkNow(from: Waiting["from"], trigger: CheckTrigger): Promise<Result<FeedCheck, UpdateProblem>> {
    const seen = await checkFeed(ports, { from, trigger, signal });
    if (!seen.ok) return from === "web" ? noteIfOlder(seen.error) : seen;
    if (from === "web") await ports.memory.noteOlder(undefined);
    const { feed } = seen.value.opened;
    ring = seen.value.ring;
    details = ring === "ga" ? null : detailsOf(feed, ports.ledger.head());
    await ports.memory.setFlags(feed.release?.document.flags ?? {});
    return seen;
  }

  async function check(from: Waiting["from"], trigger: CheckTrigger): Promise<void> {
    // The automatic check is not shown: the panel would flicker every minute.
    if (trigger === "by-hand") show({ stage: "checking" });
    // An update that a person requested stays available in the app's own next check: the rollout share does not apply
    // to it.
    const still = ready?.trigger === "by-hand" ? "by-hand" : trigger;
    const seen = await checkNow(from, still);
    checked = ports.now();
    if (!seen.ok) problem(seen.error);
    else {
      await follow(seen.value, from, still);
      await seen.value.opened.close();
    }
    rest();
  }

  async function follow({ opened, decision }: FeedCheck, from: Waiting["from"], trigger: CheckTrigger): Promise<void> {
    if (decision.kind !== "install") {
      await purge();
      outcome = outcomeOf(decision, opened.feed);
      if (decision.kind === "hold") ports.log("updates.held", { reason: decision.reason });
      return;
    }
    outcome = null;
    await fetch(opened, decision, from, trigger);
  }

  async function fetch(
    opened: FeedCheck["opened"],
    { file, build, move }: Installation,
    from: Waiting["from"],
    trigger: CheckTrigger,
  ): Promise<void> {
    await purge(file);
    const critical = opened.feed.release?.document.critical ?? false;
    const notes = (await opened.notes(build.buildId)) ?? null;
    const offer: Offer = { version: build.version, move, critical, from, notes };
    const update = underWay(build, opened.feed);
    ports.step("offered", update);
    const path = ports.pending.pathOf(file);
    if (!(await opened.holds(file, path))) {
      const progress = (received: number) => show({ stage: "downloading", offer, received, total: file.length });
      progress(0);
      const downloaded = await opened.download(file, path, paced(progress), signal);
      if (!downloaded.ok) return failed(update, downloaded.error);
    }
    ready = { from, file, trigger, offer, update };
    ports.step("downloaded", update);
    ports.log("updates.ready", { version: offer.version, move });
  }

  async function install(): Promise<Result<undefined, UpdateProblem | "NOTHING_READY">> {
    if (!ready || !ports.installer) return err("NOTHING_READY");
    const { from, trigger, offer, file, update } = ready;
    show({ stage: "installing", offer, isWaiting: false });
    const seen = await checkNow(from, trigger);
    if (!seen.ok) {
      problem(seen.error);
      rest();
      return seen;
    }
    const waiting = () => show({ stage: "installing", offer, isWaiting: true });
    const installed = await installIfStillValid(seen.value, { file, from, trigger }, waiting);
    await seen.value.opened.close();
    if (installed.ok) ports.step("installed", update);
    else if (installed.error !== "NOTHING_READY") failed(update, installed.error);
    rest();
    return installed;
  }

  async function installIfStillValid(
    seen: FeedCheck,
    { file, from, trigger }: Pick<Ready, "file" | "from" | "trigger">,
    waiting: () => void,
  ): Promise<Result<undefined, UpdateProblem | "NOTHING_READY">> {
    const { opened, decision } = seen;
    if (decision.kind !== "install" || decision.file.sha256 !== file.sha256) {
      // Halted, revoked or replaced since it was downloaded: the current decision is followed instead.
      await follow(seen, from, trigger);
      return err("NOTHING_READY");
    }
    const path = ports.pending.pathOf(file);
    const isIntact = (copy: string) => opened.holds(file, copy);
    if (!(await isIntact(path))) {
      await purge();
      return err("MISMATCH");
    }
    const pinned = await pinIfRollback(decision, opened.feed);
    if (!pinned.ok) return pinned;
    ports.log("updates.installing", { version: decision.build.version, move: decision.move });
    const isOlder = decision.move === "rollback";
    const { version } = decision.build;
    return ports.installer?.install({ path, file, version, isOlder, isIntact, waiting }) ?? err("NOTHING_READY");
  }

  async function pinIfRollback({ move }: Installation, feed: Feed): Promise<Result<undefined, "NOT_WRITTEN">> {
    const running = buildOf(ports.app, feed.builds);
    return move === "rollback" && running ? ports.memory.pin(running.buildId) : ok(undefined);
  }

  /** A bug in one check ends that check only; the polling and the buttons go on working. */
  async function checkSafely(from: Waiting["from"], trigger: CheckTrigger): Promise<void> {
    try {
      await check(from, trigger);
    } catch (error) {
      ports.failed(error);
      rest();
    }
  }

  async function installSafely(): ReturnType<typeof install> {
    try {
      return await install();
    } catch (error) {
      ports.failed(error);
      rest();
      return err("NOT_INSTALLED");
    }
  }

  async function poll(): Promise<void> {
    await inTurn(() => checkSafely("web", "by-itself"));
    const delaySeconds = pollDelay(ring, ready !== undefined, ports.random);
    const isSoon = outcome?.kind === "problem" && outcome.code === "OLDER_COPY";
    schedule(isSoon ? Math.min(delaySeconds, OLDER_COPY_RETRY) : delaySeconds);
  }

  function schedule(delaySeconds: number): void {
    if (!signal.aborted) timer = setTimeout(() => void poll(), delaySeconds * 1000);
  }

  return {
    view: () => ({ ring, now: stage, checked, outcome, onStick: ports.stick() !== undefined, details }),
    isOn: (name) => isOn(name, ports.memory.flags()),
    check: (from, trigger) => inTurn(() => checkSafely(from, trigger)),
    install: () => inTurn(installSafely),
    start: schedule,
    async close() {
      closing.abort();
      clearTimeout(timer);
      await inTurn(async () => undefined);
    },
  };
}

function underWay({ buildId, version }: Installation["build"], feed: Feed): UnderWay {
  return { build: buildId, version, seq: feed.release?.document.seq ?? 0 };
}

/** Limits progress reports to four a second. */
function paced(progress: (received: number) => void): (received: number) => void {
  let next = 0;
  return (received) => {
    if (performance.now() < next) return;
    next = performance.now() + 250;
    progress(received);
  };
}
