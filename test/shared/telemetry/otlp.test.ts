import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../../src-shared/encoding/text.ts";
import { decodeLogs, encodeLogs, encodeMetrics, MAX_BATCH_BYTES } from "../../../src-shared/telemetry/index.ts";
import { NOT_NOW } from "../../../src-shared/feedback/index.ts";
import {
  AT,
  crashEvent,
  feedbackEvent,
  FINDING,
  problemEvent,
  securityEvent,
  SENDER,
  SENT,
  SESSION,
  sessionEvent,
  stateAfter,
} from "./events.ts";
import { throughProtobuf } from "./otlp-oracle.ts";

const ROLLBACK = { ...FINDING, what: "rollback", code: "ROLLED_BACK", cause: "STICK", artefact: null } as const;
const EVENTS = [sessionEvent(1), securityEvent(2), securityEvent(3, ROLLBACK), sessionEvent(4), crashEvent(8)];
const FEEDBACK_EVENTS = [feedbackEvent(5), feedbackEvent(6, NOT_NOW), problemEvent(7)];
const feedback = encodeLogs(SENDER, SENT, FEEDBACK_EVENTS);
const logs = encodeLogs(SENDER, SENT, EVENTS);
const metrics = encodeMetrics(SENDER, SENT, EVENTS) ?? new Uint8Array();
const parsed = (body: Uint8Array): unknown => JSON.parse(fromUtf8(body) ?? "");
// On one line: the formatter breaks the lines of the file.
const frozen = (name: string) =>
  JSON.stringify(JSON.parse(readFileSync(join(import.meta.dirname, "../../vectors/frozen", name), "utf8")));
type Change = (text: string) => string;
const changed = (change: Change) => decodeLogs(utf8(change(fromUtf8(logs) ?? "")));

describe("the OTLP encoder", () => {
  it("writes log records that a strict protobuf receiver preserves completely", () => {
    expect(throughProtobuf("logs", logs)).toEqual(parsed(logs));
    expect(throughProtobuf("logs", feedback)).toEqual(parsed(feedback));
  });

  it("writes metrics that a strict protobuf receiver preserves completely", () => {
    expect(throughProtobuf("metrics", metrics)).toEqual(parsed(metrics));
  });

  it.each<[string, Change]>([
    ["a name in snake case", (text) => text.replaceAll("timeUnixNano", "time_unix_nano")],
    ["a member that OTLP does not know", (text) => text.replaceAll('"severityNumber"', '"severity"')],
    ["an id that is not hex", (text) => text.replaceAll(/"traceId":"[0-9a-f]{4}/g, '"traceId":"zzzz')],
    ["an integer as a number", (text) => text.replaceAll(/"intValue":"(\d+)"/g, '"intValue":$1')],
    ["an enum by its name", (text) => text.replaceAll('"severityNumber":9', '"severityNumber":"INFO"')],
  ])("would be detected if it wrote %s", (_name, change) => {
    const body = utf8(change(fromUtf8(logs) ?? ""));
    expect(body).not.toEqual(logs);
    expect(() => expect(throughProtobuf("logs", body)).toEqual(parsed(body))).toThrow();
  });

  it("writes cumulative sums that start with the session", () => {
    const { resourceMetrics } = parsed(metrics) as { resourceMetrics: [{ scopeMetrics: [{ metrics: object[] }] }] };
    const all = resourceMetrics[0].scopeMetrics[0].metrics;
    expect(all.filter((metric) => "sum" in metric)).toHaveLength(9);
    for (const metric of all) if ("sum" in metric) expect(metric.sum).toMatchObject({ aggregationTemporality: 2 });
    const start = `${AT}000000`;
    expect(all).toContainEqual({
      name: "uvv.cpu",
      unit: "ms",
      sum: {
        dataPoints: [{ startTimeUnixNano: start, timeUnixNano: `${AT + 4_000}000000`, asInt: "4321" }],
        aggregationTemporality: 2,
        isMonotonic: true,
      },
    });
  });

  it("writes every series of a session in which nothing happened, at 0", () => {
    const quiet = fromUtf8(encodeMetrics(SENDER, SENT, [sessionEvent(1, stateAfter())]) ?? new Uint8Array()) ?? "";
    for (const name of ["signature", "rollback", "main", "renderer", "SIGNATURE_INVALID", "ROLLED_BACK", "unlock"]) {
      expect(quiet).toContain(`"stringValue":"${name}"`);
    }
  });

  it("uses the last state of each session for the metrics, whatever the order", () => {
    const late = encodeMetrics(SENDER, SENT, [sessionEvent(9), sessionEvent(2, stateAfter())]);
    expect(late).toEqual(encodeMetrics(SENDER, SENT, [sessionEvent(9)]));
    expect(encodeMetrics(SENDER, SENT, [securityEvent(1)])).toBeUndefined();
  });

  it("writes the same bytes as before", () => {
    expect(fromUtf8(logs)).toBe(frozen("telemetry-logs.json"));
    expect(fromUtf8(feedback)).toBe(frozen("telemetry-words.json"));
    expect(fromUtf8(metrics)).toBe(frozen("telemetry-metrics.json"));
  });
});

describe("a receiver", () => {
  it("reads exactly the events that were sent", () => {
    const read = decodeLogs(feedback);
    expect(read.ok && read.value.events).toEqual(FEEDBACK_EVENTS);
    expect(decodeLogs(logs)).toEqual({
      ok: true,
      value: {
        events: EVENTS,
        resource: { ...SENDER, "uvv.sent.at": SENT.at, "uvv.sent.session": SESSION, "uvv.sent.up": SENT.up },
      },
    });
  });

  it.each<[string, Change]>([
    ["nothing", () => ""],
    ["invalid JSON", () => "{"],
    ["another request", () => '{"resourceSpans":[]}'],
    ["a host name in addition to the pseudonym", (text) => text.replace('"key":"os.type"', '"key":"host.name"')],
    [
      "an additional member in an event",
      (text) => text.replace('{"key":"v"', '{"key":"title","value":{"stringValue":"x"}},{"key":"v"'),
    ],
    ["a text in place of a code", (text) => text.replace("SIGNATURE_INVALID", "it is broken")],
    ["the same name twice", (text) => text.replace('{"key":"v"', '{"key":"kind","value":{"intValue":"1"}},{"key":"v"')],
    ["something that is not a number", (text) => text.replace('"intValue":"4321"', '"intValue":"1e3"')],
    ["a negative count", (text) => text.replace('"intValue":"4321"', '"intValue":"-4321"')],
    ["an id of another version", (text) => text.replaceAll(/-7([0-9a-f]{3})-/g, "-4$1-")],
    ["more than a receiver reads", (text) => text + " ".repeat(MAX_BATCH_BYTES)],
  ])("refuses %s", (_name, change) => {
    expect(changed((text) => text).ok).toBe(true);
    expect(changed(change)).toEqual({ ok: false, error: "MALFORMED" });
  });
});
