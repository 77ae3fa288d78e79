import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { type SendResult, decideNext, REST_MS } from "../../../src-shared/telemetry/index.ts";

const RECORDS = 50;
const HOURS_6 = 6 * 3_600_000;

function answered(status: number, retryAfterMs?: number, body = ""): SendResult {
  return { kind: "answered", status, retryAfterMs, body: utf8(body) };
}
const decide = (answer: SendResult, failures = 0, jitter = 0) => decideNext(answer, RECORDS, failures, jitter);

describe("after a response", () => {
  it.each([200, 202, 204])("a batch is delivered with %i", (status) => {
    expect(decide(answered(status))).toEqual({ kind: "delivered", refused: 0 });
  });

  it.each([429, 502, 503, 504])("a batch is sent again after %i", (status) => {
    expect(decide(answered(status))).toEqual({ kind: "again", afterMs: 500 });
  });

  it.each([400, 413, 415, 422])("a batch that the server does not accept (%i) is dropped", (status) => {
    expect(decide(answered(status))).toEqual({ kind: "refused" });
  });

  it.each([0, 100, 301, 302, 307, 401, 403, 404, 408, 500, 501, 505, 599, 999])(
    "the queue pauses after %i",
    (status) => {
      expect(decide(answered(status, 1))).toEqual({ kind: "rest", forMs: REST_MS });
    },
  );

  it("a missing response is retried, with increasing and randomized delays", () => {
    const waits = [0, 1, 2, 9, 10, 1_000_000].map((failures) => decideNext({ kind: "none" }, 1, failures, 0));
    expect(waits.map((next) => next.kind === "again" && next.afterMs)).toEqual([
      500, 1_000, 2_000, 256_000, 300_000, 300_000,
    ]);
    expect(decideNext({ kind: "none" }, 1, 3, 0.5)).toEqual({ kind: "again", afterMs: 6_000 });
  });

  it.each([
    ["120 s", 120_000, 120_000],
    ["a thousand years", 3e13, HOURS_6],
    ["for ever", Number.POSITIVE_INFINITY, HOURS_6],
  ])("the server may ask for %s", (_name, requestedMs, afterMs) => {
    expect(decide(answered(503, requestedMs))).toEqual({ kind: "again", afterMs });
    expect(decide(answered(503, requestedMs), 0, 0.5)).toEqual({ kind: "again", afterMs: afterMs + 500 });
  });

  it.each([0, -1, Number.NaN, Number.NEGATIVE_INFINITY])(
    "waiting for %s falls back to our own delay",
    (requestedMs) => {
      expect(decide(answered(429, requestedMs), 4)).toEqual({ kind: "again", afterMs: 8_000 });
    },
  );

  it.each([
    ['{"partialSuccess":{"rejectedLogRecords":"7","errorMessage":"no"}}', 7],
    ['{"partialSuccess":{"rejectedLogRecords":3}}', 3],
    ['{"partialSuccess":{"errorMessage":"only a warning"}}', 0],
    ['{"partialSuccess":{"rejectedLogRecords":"51"}}', RECORDS],
    ['{"partialSuccess":{"rejectedLogRecords":"9999999999999999999"}}', 0],
    ['{"partialSuccess":{"rejectedLogRecords":-4}}', 0],
    ['{"partialSuccess":{"rejectedLogRecords":null}}', 0],
    ['{"partialSuccess":[]}', 0],
    ["not JSON", 0],
    ['{"a":1,"a":2}', 0],
  ])("a partial success is never sent again: %s", (body, refused) => {
    expect(decide(answered(200, undefined, body))).toEqual({ kind: "delivered", refused });
  });

  it("a page of a captive portal is no success: the batch is sent again", () => {
    const page = "<html>welcome to the captive portal</html>";
    expect(decide(answered(200, undefined, page))).toMatchObject({ kind: "again" });
    expect(decide(answered(511, undefined, page))).toMatchObject({ kind: "again" });
    // An ordinary server explains its refusals by a page too.
    expect(decide(answered(413, undefined, page))).toEqual({ kind: "refused" });
  });
});
