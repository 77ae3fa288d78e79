// Makes the frozen batches: `node test/vectors/make-telemetry.ts`. A change here changes the format that receivers
// read.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { lineOfEvent, segmentName } from "../../src-main/telemetry/segment.ts";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { fromUtf8, utf8 } from "../../src-shared/encoding/text.ts";
import {
  encodeLogs,
  encodeMetrics,
  endSession,
  ENROL_HEADER,
  ENROLMENT_PROFILE,
  localMetricsName,
  localMetricsOf,
  SIGNATURE_HEADER,
  SIGNED_AT_HEADER,
  statementOf,
  type TelemetryEvent,
} from "../../src-shared/telemetry/index.ts";
import { NOT_NOW } from "../../src-shared/feedback/index.ts";
import { DEVICE, NOW, signToken } from "../fakes/issuer.ts";
import { testKey } from "../fakes/test-keys.ts";
import {
  AT,
  crashEvent,
  feedbackEvent,
  FINDING,
  BUSY_SESSION,
  problemEvent,
  securityEvent,
  SENDER,
  SENT,
  sessionEvent,
  stateAfter,
} from "../shared/telemetry/events.ts";
import { keyFile } from "./make.ts";

/** The address of the ingest for which the frozen requests are signed. */
export const INGEST = "https://rings.example.org";
const ROLLBACK = { ...FINDING, what: "rollback", code: "ROLLED_BACK", cause: "STICK", artefact: null } as const;
const events = [sessionEvent(1), securityEvent(2), securityEvent(3, ROLLBACK), sessionEvent(4), crashEvent(8)];
const feedback = [feedbackEvent(5), feedbackEvent(6, NOT_NOW), problemEvent(7)];

/** File name to content. */
export function makeTelemetryVectors(): Record<string, string> {
  return {
    "telemetry-logs.json": indented(encodeLogs(SENDER, SENT, events)),
    "telemetry-words.json": indented(encodeLogs(SENDER, SENT, feedback)),
    "telemetry-metrics.json": indented(encodeMetrics(SENDER, SENT, events) ?? new Uint8Array()),
    "telemetry-signed.json": signedRequests(),
  };
}

function indented(body: Uint8Array): string {
  const json: unknown = JSON.parse(fromUtf8(body) ?? "");
  return `${JSON.stringify(json, null, 2)}\n`;
}

/**
 * The requests of an enrolled computer byte for byte, with one event of each kind that the other files do not contain.
 */
function signedRequests(): string {
  const issuer = testKey("enrolment-1", "telemetry-enrolment");
  const device = testKey("device", "device");
  const ed25519 = toBase64url(device.root.publicKey);
  const pid = SENDER["service.instance.id"];
  const claims = { v: 1, pid, ring: "ring1", device: DEVICE, ed25519, iat: NOW, exp: NOW + 30 * 86_400 };
  const enrolment = signToken(ENROLMENT_PROFILE.typ, claims, issuer);
  const queued = [
    updateEvent(8, { step: "failed", build: "build-2", seq: 4, code: "DISK_FULL" }),
    updateEvent(9, { step: "healthy", build: "build-2", seq: 4, code: null }),
    sessionEvent(10, endSession(stateAfter(), { status: "abnormal", mainCrashed: true })),
    sessionEvent(11, endSession(BUSY_SESSION, { status: "ended" })),
  ];
  const signed = (path: string, body: Uint8Array) => ({
    path,
    headers: {
      "Content-Type": "application/json",
      [ENROL_HEADER]: enrolment,
      [SIGNED_AT_HEADER]: String(SENT.at),
      [SIGNATURE_HEADER]: toBase64url(device.sign(statementOf({ ingest: INGEST, at: SENT.at, path }, body))),
    },
    body: fromUtf8(body),
  });
  const timestamp = new Date(SENT.at).toISOString();
  const about = { timestamp, ring: "ring1", hostname: pid, version: "0.1.0" } as const;
  const vector = {
    note: "Every key is SHA-512 of 'usb-video-vault test key ' and its kid, cut to 32 bytes.",
    ingest: INGEST,
    enrolmentIssuer: keyFile(issuer, "telemetry-enrolment"),
    requests: [
      signed("/v1/logs", encodeLogs(SENDER, SENT, queued)),
      signed("/v1/metrics", encodeMetrics(SENDER, SENT, queued) ?? new Uint8Array()),
      signed("/erase", utf8(JSON.stringify({ v: 1, pid, at: AT }))),
    ],
    events: queued.map((event) => JSON.stringify(event)),
    segment: {
      name: segmentName({ number: 7, born: NOW, lane: "b" }),
      content: Buffer.concat(queued.map(lineOfEvent)).toString(),
    },
    localFile: {
      name: localMetricsName("ring1", timestamp),
      content: `${JSON.stringify(localMetricsOf(about, BUSY_SESSION, { cpuMs: 571, uptimeMs: 0 }), null, 2)}\n`,
    },
  };
  return `${JSON.stringify(vector, null, 2)}\n`;
}

function updateEvent(seq: number, update: object): TelemetryEvent {
  const { v, id, session, at, up } = sessionEvent(seq);
  return { v, id, session, seq, at, up, kind: "update", update } as TelemetryEvent;
}

if (import.meta.main) {
  for (const [name, content] of Object.entries(makeTelemetryVectors())) {
    writeFileSync(join(import.meta.dirname, "frozen", name), content);
  }
}
