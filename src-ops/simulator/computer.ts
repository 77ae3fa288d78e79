import { SLOT_MS } from "../gates/index.ts";
import type { TelemetryEvent, UpdateStep } from "../../src-shared/telemetry/index.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";
import { type Behaviour, behaviourBefore, behaviourOfRelease } from "./behaviour.ts";
import { BUILD, idsOf, type Message, RELEASE, senderOf, VERSION_BEFORE } from "./messages.ts";
import type { RandomSource } from "./random-source.ts";
import type { Group, Scenario } from "./scenario-schema.ts";
import { beginSession, judgeLicense, noteMemory, operate, type Session, stateOf } from "./session.ts";
import { isOpen, sinceOf, type Tick, TICKS_PER_HOUR } from "./ticks.ts";
import { advance, beginUse, troubleOf, type Use } from "./use.ts";

const MB = 1_000_000;

export type ComputerSetup = {
  readonly number: number;
  readonly name: string;
  readonly ring: Ring;
  readonly group: Group;
  readonly scenario: Scenario;
  readonly random: RandomSource;
  /** Whether the release is offered to it: in GA only to those inside the share. */
  readonly isInside: boolean;
  /** Its person's answer; `null`: none. */
  readonly score: number | null;
};

/** One simulated computer. `begin` and then `messagesOf` must be called for each hour in order. */
export type Computer = {
  /** Begins an hour: the ticks of it, from 1 to 12, at which the release fails. */
  readonly begin: (hour: number) => readonly number[];
  /** What it sends in this hour: at these ticks, if it runs the release, and when the hour is over. */
  readonly messagesOf: (hour: number, ticks: readonly number[]) => readonly Message[];
};

export function createComputer(setup: ComputerSetup): Computer {
  const { number, name, ring, group, scenario, random, isInside } = setup;
  const since = sinceOf(scenario);
  const sender = senderOf(name, ring, group);
  const [nextEvent, nextSession] = [idsOf(number, "event"), idsOf(number, "session")];
  const usual = behaviourBefore(scenario, group);
  const faulty = random.share() < group.affected ? behaviourOfRelease(group) : usual;
  const { errorSpread, loss, duplicates, delayHours } = group;
  const clumsiness = Math.exp(errorSpread * (errorSpread > 0 ? random.normal() : 0) - errorSpread ** 2 / 2);
  const skewMs = Math.round((2 * random.share() - 1) * group.clockSpreadHours * TICKS_PER_HOUR) * SLOT_MS;
  const offsetMs = Math.round(group.clockOffsetHours * TICKS_PER_HOUR) * SLOT_MS;
  const sessionHours = Math.max(1, Math.round(group.hoursADay / group.startsADay));
  const closesAtNight = sessionHours <= group.hoursADay && group.hoursADay < 24;
  let behaviour: Behaviour = usual;
  let untilFailure = 0;
  let session: Session | undefined;
  let use: Use | undefined;
  let isHere = false;
  let hoursInSession = 0;
  let hasRelease = false;
  let isHealthy = false;
  // Bad news that no message has brought to the server yet.
  let isBadUnsent = false;
  let failedUnsent = 0;
  let outbox: Message[] = [];

  const timeOf = (tick: Tick): UnixMs => since + tick * SLOT_MS;

  function send(of: string, at: Tick, upMs: number, events: readonly TelemetryEvent[], isLater: boolean): void {
    if (loss > 0 && random.share() < loss) return;
    const delay = delayHours > 0 ? Math.ceil(random.wait(delayHours) * TICKS_PER_HOUR) : 0;
    const arrival = at + delay;
    // A message that waited long is sent by a later session, which finds the clock corrected.
    const isSameSession = !isLater && delay < TICKS_PER_HOUR;
    const sent = isSameSession
      ? { session: of, at: timeOf(arrival) + skewMs + offsetMs, up: upMs + delay * SLOT_MS }
      : { session: nextSession(), at: timeOf(arrival) + skewMs, up: SLOT_MS };
    const isBad = isBadUnsent || delay > 0;
    const news = { isOfRelease: hasRelease, isBad, failed: failedUnsent };
    const message = { sender, sent, events, arrival, happened: at, ...news };
    [isBadUnsent, failedUnsent] = [false, 0];
    outbox.push(message);
    if (duplicates > 0 && random.share() < duplicates) outbox.push(message);
  }

  function envelope(of: string, seq: number, at: Tick, upMs: number) {
    return { v: 1, id: nextEvent(), session: of, seq, at: timeOf(at) + skewMs + offsetMs, up: upMs } as const;
  }

  function sendSteps(at: Tick, steps: readonly UpdateStep["step"][]): void {
    const of = nextSession();
    const events = steps.map((step, index): TelemetryEvent => {
      const update = { step, build: BUILD, seq: 1, code: null };
      return { ...envelope(of, index + 1, at, SLOT_MS), kind: "update", update };
    });
    send(of, at, SLOT_MS, events, false);
  }

  /** Sends the state of the session; `abnormal` is found by the next one. */
  function sendState(at: Tick, status: "running" | "ended" | "abnormal"): void {
    if (!session) return;
    const upMs = (at - session.startedAt) * SLOT_MS;
    const startedAt = timeOf(session.startedAt) + skewMs + offsetMs;
    const happened = status === "abnormal" ? at - 1 : at;
    const state = stateOf(session, startedAt, status);
    const events: TelemetryEvent[] = [
      { ...envelope(session.id, ++session.seq, happened, upMs), kind: "session", state },
    ];
    if (session.version === RELEASE && !isHealthy) {
      isHealthy = true;
      const update = { step: "healthy", build: BUILD, seq: 1, code: null } as const;
      events.push({ ...envelope(session.id, ++session.seq, happened, upMs), kind: "update", update });
    }
    send(session.id, at, upMs, events, status === "abnormal");
  }

  function start(at: Tick): Session {
    const startMs = random.around(behaviour.startMs, group.startSpread);
    session = beginSession(nextSession(), hasRelease ? RELEASE : VERSION_BEFORE, at, startMs);
    hoursInSession = 0;
    return session;
  }

  function end(at: Tick): void {
    if (session) sendState(at, "ended");
    session = undefined;
  }

  function behaveAs(other: Behaviour): void {
    behaviour = other;
    untilFailure = random.successes(Math.min(1, other.errorRate * clumsiness));
  }
  behaveAs(usual);

  function failuresOf(count: number): number[] {
    const places: number[] = [];
    let place = untilFailure;
    for (; place < count; place += 1 + random.successes(Math.min(1, behaviour.errorRate * clumsiness)))
      places.push(place);
    untilFailure = place - count;
    return places;
  }

  function install(at: Tick): void {
    end(at);
    sendSteps(at, group.stopsAfter === "offered" ? ["offered"] : ["offered", "downloaded", "installed"]);
    hasRelease = true;
  }

  function useFor(hour: number): Use {
    const starts = session ? 0 : 1;
    const current = session ?? start(hour * TICKS_PER_HOUR);
    const { hangMinutesADay, memoryMB, memoryGrowthMBADay, crashesASession, crashOf } = behaviour;
    current.downMs += (hangMinutesADay * 60_000) / group.hoursADay;
    const memory = memoryMB + (memoryGrowthMBADay * Math.max(0, hour)) / 24 + group.memoryNoiseMB * random.normal();
    noteMemory(current, memory * MB);
    const verdicts = random.count(group.verdictsADay / group.hoursADay);
    const operations = random.count(group.operationsAnHour);
    const crashes = crashesASession > 0 ? random.count(crashesASession / sessionHours) : 0;
    const isFatal = crashes > 0 && crashOf === "main";
    return beginUse({
      starts,
      verdicts,
      operations,
      failing: failuresOf(starts + verdicts + operations),
      crashes: isFatal ? 1 : crashes,
      crashTick: crashes > 0 ? 1 + Math.floor(random.share() * (TICKS_PER_HOUR - 2)) : Infinity,
      isFatal,
      memory,
    });
  }

  /** Uses the app up to this tick of the hour. */
  function useUntil(tick: number): void {
    if (!session || !use) return;
    const current = session;
    const done = advance(use, tick, (kind, hasFailed) => {
      if (kind === "operation") operate(current, hasFailed);
      else if (kind === "start") current.failedStarts += hasFailed ? 1 : 0;
      else judgeLicense(current, random.around(behaviour.verdictMs, group.verdictSpread), hasFailed);
    });
    session.crashes[behaviour.crashOf] += done.crashes;
    session.openTicks += done.ticks;
    failedUnsent += done.failed;
    isBadUnsent ||= done.failed + done.crashes > 0;
  }

  /** The main process crashes, and the app is started again five minutes later. */
  function crashIn(hour: number, current: Use): void {
    const { crashTick, memory } = current.plan;
    useUntil(crashTick);
    const at = hour * TICKS_PER_HOUR + crashTick + 1;
    sendState(at, "abnormal");
    noteMemory(start(at), memory * MB);
    current.tick = crashTick + 1;
  }

  function reportAt(hour: number, tick: number): void {
    if (!session || !use) return;
    const { crashTick, isFatal } = use.plan;
    if (isFatal && crashTick < tick && use.tick <= crashTick) crashIn(hour, use);
    useUntil(tick);
    if (tick < TICKS_PER_HOUR && session.openTicks > 0) sendState(hour * TICKS_PER_HOUR + tick, "running");
  }

  function reportAfter(hour: number): void {
    const at = (hour + 1) * TICKS_PER_HOUR;
    reportAt(hour, TICKS_PER_HOUR);
    use = undefined;
    hoursInSession++;
    const closes = closesAtNight && !isOpen(group, scenario, hour + 1);
    if (hoursInSession >= sessionHours || closes) end(at);
    else if (hour >= 0) sendState(at, "running");
  }

  function answer(hour: number): void {
    if (setup.score === null || hour !== scenario.scoresAtHour || !hasRelease) return;
    const of = nextSession();
    const feedback = { version: RELEASE, occasion: "sessions", score: setup.score, ...NO_WORDS } as const;
    const at = hour * TICKS_PER_HOUR + 1;
    isBadUnsent = true;
    send(of, at, SLOT_MS, [{ ...envelope(of, 1, at, SLOT_MS), kind: "feedback", feedback }], false);
  }

  return {
    begin(hour) {
      outbox = [];
      const isAway = hour >= 0 && (hour < group.offlineUntilHour || hour >= (group.withdrawsAtHour ?? Infinity));
      isHere = !isAway && !(hasRelease && group.stopsAfter !== undefined);
      if (!isHere || !isOpen(group, scenario, hour)) return [];
      if (hour >= 0 && isInside && !hasRelease) install(hour * TICKS_PER_HOUR);
      if (hasRelease && group.stopsAfter !== undefined) return [];
      const now = hasRelease && hour >= group.fromHour ? faulty : usual;
      if (now !== behaviour) behaveAs(now);
      use = useFor(hour);
      return hasRelease ? troubleOf(use) : [];
    },
    messagesOf(hour, ticks) {
      if (use) {
        for (const tick of ticks) if (hasRelease && tick < TICKS_PER_HOUR) reportAt(hour, tick);
        reportAfter(hour);
      }
      if (isHere) answer(hour);
      return outbox;
    },
  };
}

const NO_WORDS = { well: "", badly: "", comment: "", contact: "" };
