import { describe, expect, it } from "vitest";
import { normalizeEvents } from "../../../src-ops/gates/index.ts";
import type { Resource } from "../../../src-shared/telemetry/index.ts";
import { SENDER } from "../../shared/telemetry/events.ts";
import { DAY_MS, HOUR_MS, SINCE } from "./facts.ts";
import { idOf, normalizedFinding, normalizedState, stateOf } from "./normalized-events.ts";

const RECEIVED = SINCE + 10 * DAY_MS;
const NEWER = "0.3.0";
const YEARS_MS = 3_000 * DAY_MS;

function normalizeOne(
  event: ReturnType<typeof normalizedState>["event"],
  resource: Partial<Resource> = {},
  known?: string,
) {
  const sent = { "uvv.sent.at": event.at, "uvv.sent.session": event.session, "uvv.sent.up": event.up };
  const from: Resource = { ...SENDER, ...sent, "service.version": NEWER, ...resource };
  return normalizeEvents(from, [event], "ring0", RECEIVED, () => known)[0];
}

describe("an event is normalized", () => {
  const { event } = normalizedState({ session: "a", seq: 1, at: SINCE }, stateOf("0.2.0", []));
  const { event: finding } = normalizedFinding({ session: "a", seq: 2, at: SINCE }, null);

  it("to the version that ran its session, not the one that sends it", () => {
    expect(normalizeOne(event)?.version).toBe("0.2.0");
    expect(normalizeOne(finding, {}, "0.2.0")?.version).toBe("0.2.0");
    expect(normalizeOne(finding)?.version).toBe(NEWER);
  });

  it("to the receiver's clock, however wrong the sender's clock is", () => {
    const sent = { ...event, at: SINCE - YEARS_MS, up: HOUR_MS };
    const resource = { "uvv.sent.at": SINCE + YEARS_MS, "uvv.sent.up": 3 * HOUR_MS };
    expect(normalizeOne(sent, resource)?.at).toBe(RECEIVED - 2 * HOUR_MS);
  });

  it("with the current clock error if it is from an earlier session", () => {
    const early = { ...event, at: SINCE - YEARS_MS };
    const resource = { "uvv.sent.session": idOf("b"), "uvv.sent.at": SINCE - YEARS_MS + 5 * HOUR_MS };
    expect(normalizeOne(early, resource)?.at).toBe(RECEIVED - 5 * HOUR_MS);
  });

  it("to a time that is neither in the future nor older than a queue keeps", () => {
    const other = { "uvv.sent.session": idOf("b") };
    expect(normalizeOne({ ...event, at: SINCE + YEARS_MS }, { ...other, "uvv.sent.at": SINCE })?.at).toBe(RECEIVED);
    const oldest = normalizeOne({ ...event, at: 0 }, { ...other, "uvv.sent.at": SINCE + YEARS_MS })?.at;
    expect(oldest).toBe(RECEIVED - 100 * DAY_MS);
  });
});
