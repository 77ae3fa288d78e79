import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { createFleet } from "../../../src-ops/simulator/fleet.ts";
import type { Message } from "../../../src-ops/simulator/messages.ts";
import { receivedDirectly, receivedFully, RELEASE } from "../../../src-ops/simulator/messages.ts";
import { randomSourceOf } from "../../../src-ops/simulator/random-source.ts";
import { Scenario } from "../../../src-ops/simulator/scenario-schema.ts";
import { parseTelemetryEvent, type SessionState } from "../../../src-shared/telemetry/index.ts";

function messagesOf(group: object, hours: number, more: object = {}): readonly Message[] {
  const scenario = v.parse(Scenario, { v: 1, what: ".", ring: "ring0", groups: [{ count: 1, ...group }], ...more });
  const fleet = createFleet(scenario, scenario.ring, scenario.groups, 1, 0);
  return Array.from({ length: hours - fleet.firstHour }, (_, index) =>
    fleet.messagesOf(fleet.firstHour + index),
  ).flat();
}

/** The last state of each session that ran the release. */
function sessionsIn(messages: readonly Message[]): readonly SessionState[] {
  const last = new Map<string, SessionState>();
  for (const event of messages.flatMap(({ events }) => events)) {
    if (event.kind === "session" && event.state.version === RELEASE) last.set(event.session, event.state);
  }
  return [...last.values()];
}

const KIOSK = { hoursADay: 24, opens: 0 };

describe("a simulated computer", () => {
  it("sends events that the receiver's schema accepts, and that survive the encoding", () => {
    const messages = messagesOf({ crashesASession: 1, errorRate: 0.05, delayHours: 3, clockSpreadHours: 30 }, 48);
    expect(messages.length).toBeGreaterThan(20);
    for (const message of messages) {
      for (const event of message.events) expect(parseTelemetryEvent(event).ok).toBe(true);
      expect(receivedFully(message, "ring0", 2e12)).toEqual(receivedDirectly(message, "ring0", 2e12));
    }
  });

  it("has the rates of its scenario", () => {
    const days = 60;
    const group = { ...KIOSK, startsADay: 4, errorRate: 0.02, crashesASession: 0.25, crashOf: "renderer" };
    const sessions = sessionsIn(
      messagesOf({ ...group, verdictsADay: 12, startMs: 2_000, operationsAnHour: 10 }, days * 24),
    );
    const total = (of: (state: SessionState) => number) => sessions.reduce((sum, state) => sum + of(state), 0);
    const { length } = sessions;
    expect(length).toBe(days * 4);
    const failed = total(({ operations: { play, seek, unlock } }) => play.failed + seek.failed + unlock.failed);
    const done = failed + total(({ operations: { play, seek, unlock } }) => play.ok + seek.ok + unlock.ok);
    // Within four standard deviations.
    expect(Math.abs(done - days * 240)).toBeLessThan(4 * Math.sqrt(days * 240));
    expect(Math.abs(failed - done * 0.02)).toBeLessThan(4 * Math.sqrt(done * 0.02));
    expect(Math.abs(total(({ crashes }) => crashes.renderer) - length / 4)).toBeLessThan(4 * Math.sqrt(length / 4));
    const verdicts = total(({ operations }) => operations.verdict.ok);
    expect(Math.abs(verdicts - days * 12)).toBeLessThan(4 * Math.sqrt(days * 12));
    const starts = sessions.map(({ startMs }) => startMs as number).toSorted((a, b) => a - b);
    expect(starts[length / 2]).toBeGreaterThan(1_800);
    expect(starts[length / 2]).toBeLessThan(2_200);
    expect(total(({ uptimeMs }) => uptimeMs)).toBe(days * 24 * 3_600_000);
  });

  it("fails in as many of its license verdicts and starts as of its operations", () => {
    const sessions = sessionsIn(messagesOf({ ...KIOSK, startsADay: 24, verdictsADay: 240, errorRate: 0.1 }, 24 * 30));
    for (const operation of ["start", "verdict", "seek"] as const) {
      const failed = sessions.reduce((sum, { operations }) => sum + operations[operation].failed, 0);
      const all = failed + sessions.reduce((sum, { operations }) => sum + operations[operation].ok, 0);
      expect(all).toBeGreaterThan(700);
      expect(Math.abs(failed - all * 0.1)).toBeLessThan(4 * Math.sqrt(all * 0.1 * 0.9));
    }
  });

  it("reports what it did until then when another one fails", () => {
    const groups = [
      { count: 1, ...KIOSK, errorRate: 0.05 },
      { count: 4, ...KIOSK, errorRate: 0 },
    ];
    const scenario = v.parse(Scenario, { v: 1, what: ".", ring: "ring0", groups, before: { days: 0, errorRate: 0 } });
    const fleet = createFleet(scenario, "ring0", scenario.groups, 1, 0);
    const messages = Array.from({ length: 48 }, (_, hour) => fleet.messagesOf(hour)).flat();
    const failures = messages.filter(({ failed }) => failed > 0);
    // Not only at the end of an hour, when everybody reports.
    expect(failures.filter(({ happened }) => happened % 12 !== 0).length).toBeGreaterThan(20);
    for (const { happened } of failures) {
      const senders = messages.filter((message) => message.happened === happened);
      expect(new Set(senders.map(({ sender }) => sender["service.instance.id"])).size).toBe(5);
    }
  });

  it("is used only in its hours, and on weekdays if so", () => {
    // From Tuesday, 14:00: until 17:00, then three days, and after the weekend nothing yet.
    const office = sessionsIn(messagesOf({ weekdaysOnly: true, startsADay: 1 }, 24 * 5));
    expect(office.reduce((sum, { uptimeMs }) => sum + uptimeMs, 0)).toBe((3 + 3 * 9) * 3_600_000);
  });

  it("leaks memory from day to day, and hangs", () => {
    const leaking = sessionsIn(messagesOf({ memoryGrowthMBADay: 20, memoryNoiseMB: 0, hangMinutesADay: 9 }, 24 * 8));
    const highest = leaking.map(({ memory }) => memory.highest);
    expect((highest.at(-1) as number) - (highest[0] as number)).toBeGreaterThan(130e6);
    expect(leaking.at(-1)).toMatchObject({ downMs: 3 * 60_000 });
  });

  it("behaves as the version before until its fault begins", () => {
    const late = sessionsIn(
      messagesOf({ ...KIOSK, fromHour: 48, errorRate: 1, startsADay: 24 }, 96, { before: { errorRate: 0 } }),
    );
    const failing = late.filter(({ operations }) => operations.seek.failed > 0);
    expect(failing).toHaveLength(48);
    expect(late.indexOf(failing[0] as SessionState)).toBe(48);
  });

  it("stops after the offer, or after the installation", () => {
    const stepsOf = (messages: readonly Message[]) =>
      messages.flatMap(({ events }) => events.flatMap((event) => (event.kind === "update" ? [event.update.step] : [])));
    const dead = messagesOf({ stopsAfter: "installed" }, 48);
    expect(sessionsIn(dead)).toEqual([]);
    expect(stepsOf(dead)).toEqual(["offered", "downloaded", "installed"]);
    expect(stepsOf(messagesOf({ stopsAfter: "offered" }, 48))).toEqual(["offered"]);
    expect(stepsOf(messagesOf({}, 48))).toEqual(["offered", "downloaded", "installed", "healthy"]);
  });

  it("finds a crash of the main process at its next start, with the wrong clock of the crash", () => {
    const messages = messagesOf({ ...KIOSK, crashesASession: 20, clockOffsetHours: -72 }, 5);
    const crash = messages.find(({ events }) => events[0]?.kind === "session" && events[0].state.status === "abnormal");
    const [received] = receivedDirectly(crash as Message, "ring0", 2e12);
    expect(received).toMatchObject({ at: 2e12 - 72 * 3_600_000 - 300_000, event: { state: { crashes: { main: 1 } } } });
  });

  it("loses, repeats and delays messages", () => {
    const count = (group: object) => messagesOf({ ...KIOSK, ...group }, 400, { before: { days: 0 } }).length;
    const all = count({});
    expect(count({ loss: 1 })).toBe(0);
    expect(Math.abs(count({ loss: 0.5 }) - all / 2)).toBeLessThan(2 * Math.sqrt(all));
    expect(Math.abs(count({ duplicates: 0.5 }) - all * 1.5)).toBeLessThan(2 * Math.sqrt(all));
    const late = messagesOf({ ...KIOSK, delayHours: 2 }, 400).filter(({ arrival, happened }) => arrival > happened);
    expect(late.length).toBeGreaterThan(300);
  });

  it("belongs to the share of GA or runs the version before", () => {
    const scenario = v.parse(Scenario, { v: 1, what: ".", ring: "ga", groups: [{ count: 40 }], basisPoints: 2_500 });
    const fleet = createFleet(scenario, "ga", scenario.groups, 1, 0);
    const messages = Array.from({ length: 24 }, (_, hour) => fleet.messagesOf(hour)).flat();
    const running = (isRelease: boolean) =>
      new Set(
        messages
          .filter(({ events: [event] }) => event?.kind === "session" && (event.state.version === RELEASE) === isRelease)
          .map(({ sender }) => sender["service.instance.id"]),
      ).size;
    expect([running(true), running(false)]).toEqual([10, 30]);
  });
});

describe("the random source", () => {
  it("has the expected means", () => {
    const random = randomSourceOf(1, 2);
    const many = Array.from({ length: 100_000 });
    const mean = (draw: () => number) => many.reduce<number>((sum) => sum + draw(), 0) / many.length;
    expect(mean(() => random.share())).toBeCloseTo(0.5, 2);
    expect(mean(() => random.count(1.7))).toBeCloseTo(1.7, 1);
    expect(mean(() => random.successes(0.1))).toBeCloseTo(9, 0);
    expect(mean(() => random.wait(3))).toBeCloseTo(3, 1);
    expect(mean(() => random.normal())).toBeCloseTo(0, 1);
    expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => (random.around(1_000, 0.5) > 1_000 ? 1 : 0))).toBeCloseTo(0.5, 1);
    expect(random.successes(0)).toBe(Infinity);
  });
});
