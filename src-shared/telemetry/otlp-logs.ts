import * as v from "valibot";
import { type Json, parseStrictJson } from "../encoding/strict-json.ts";
import { utf8 } from "../encoding/text.ts";
import { err, ok, type Result } from "../result.ts";
import { type Bytes, MIB } from "../units.ts";
import { anyValueOf, jsonOfAnyValue, keyValuesOf } from "./any-value.ts";
import type { SentAt } from "./clock.ts";
import { parseTelemetryEvent, type TelemetryEvent } from "./event.ts";
import { nanoseconds, Resource, resourceAttributes, SCOPE, type Sender } from "./resource.ts";

export const LOGS_PATH = "/v1/logs";

/** A receiver does not read a larger batch. */
export const MAX_BATCH_BYTES: Bytes = MIB;

// `SeverityNumber` of OTLP: enums are sent as numbers.
const SEVERITY = { session: 9, update: 9, feedback: 9, problem: 13, security: 17, crash: 17 } as const;

/** The body of `POST /v1/logs`: an `ExportLogsServiceRequest` in OTLP's JSON, one log record for each event. */
export function encodeLogs(sender: Sender, sent: SentAt, events: readonly TelemetryEvent[]): Uint8Array<ArrayBuffer> {
  const resource = { attributes: resourceAttributes(sender, sent) };
  const logRecords = events.map((event) => logRecordOf(event, sent));
  return utf8(JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ scope: SCOPE, logRecords }] }] }));
}

// The name as an attribute: `eventName` is a member only in newer receivers, and older ones would drop it.
function logRecordOf(event: TelemetryEvent, sent: SentAt) {
  return {
    timeUnixNano: nanoseconds(event.at),
    observedTimeUnixNano: nanoseconds(sent.at),
    severityNumber: SEVERITY[event.kind],
    body: anyValueOf(event),
    attributes: keyValuesOf({
      "event.name": `uvv.${event.kind}`,
      "uvv.id": event.id,
      "uvv.session": event.session,
      "uvv.seq": event.seq,
    }),
    traceId: event.session.replaceAll("-", ""),
  };
}

/** A receiver does not read a batch with more records: a segment of a queue holds at most 50 events. */
export const MAX_BATCH_RECORDS = 200;

// Before its elements are read: a mebibyte holds 87,000 records that mean nothing.
const isShortList = (json: unknown) => Array.isArray(json) && json.length <= MAX_BATCH_RECORDS;

const Attributes = v.array(v.object({ key: v.string(), value: v.custom<Json>(() => true) }));
const Request = v.object({
  resourceLogs: v.strictTuple([
    v.object({
      resource: v.object({ attributes: Attributes }),
      scopeLogs: v.strictTuple([
        v.object({
          logRecords: v.pipe(v.custom<Json>(isShortList), v.array(v.object({ body: v.custom<Json>(() => true) }))),
        }),
      ]),
    }),
  ]),
});

/** A batch as a receiver reads it. */
export type Batch = { readonly resource: Resource; readonly events: readonly TelemetryEvent[] };

/** A batch in which some records may not be in our form: a newer app may send what this receiver does not know. */
export type PartialBatch = Batch & { readonly refused: number };

/**
 * Reads the records of an attacker-controlled batch that are in our form. `MALFORMED`: it is not a batch, or has no
 * valid sender. The receiver must verify the signature over the body first.
 */
export function decodeRecords(body: Uint8Array): Result<PartialBatch, "MALFORMED"> {
  if (body.length > MAX_BATCH_BYTES) return err("MALFORMED");
  const json = parseStrictJson(body);
  const request = v.safeParse(Request, json.ok ? json.value : undefined);
  if (!request.success) return err("MALFORMED");
  const [{ resource, scopeLogs }] = request.output.resourceLogs;
  const attributes = jsonOfAnyValue({ kvlistValue: { values: resource.attributes } });
  const sender = v.safeParse(Resource, attributes);
  if (!sender.success) return err("MALFORMED");
  const records = scopeLogs[0].logRecords.map(({ body: event }) => parseTelemetryEvent(jsonOfAnyValue(event) ?? null));
  const events = records.filter((event) => event.ok).map(({ value }) => value);
  return ok({ resource: sender.output, events, refused: records.length - events.length });
}

/** The same, if no record may be refused: `MALFORMED` if one record is not in our form. */
export function decodeLogs(body: Uint8Array): Result<Batch, "MALFORMED"> {
  const batch = decodeRecords(body);
  if (!batch.ok) return batch;
  const { resource, events, refused } = batch.value;
  return refused === 0 ? ok({ resource, events }) : err("MALFORMED");
}
