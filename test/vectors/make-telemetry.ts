// Makes the frozen batches: `node test/vectors/make-telemetry.ts`. A change here changes the format that receivers
// read.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import { encodeLogs, encodeMetrics } from "../../src-shared/telemetry/index.ts";
import { NOT_NOW } from "../../src-shared/feedback/index.ts";
import {
  feedbackEvent,
  FINDING,
  problemEvent,
  securityEvent,
  SENDER,
  SENT,
  sessionEvent,
} from "../shared/telemetry/events.ts";

const events = [sessionEvent(1), securityEvent(2), securityEvent(3, { ...FINDING, artefact: null }), sessionEvent(4)];
const words = [feedbackEvent(5), feedbackEvent(6, NOT_NOW), problemEvent(7)];
freeze("telemetry-logs.json", encodeLogs(SENDER, SENT, events));
freeze("telemetry-words.json", encodeLogs(SENDER, SENT, words));
freeze("telemetry-metrics.json", encodeMetrics(SENDER, SENT, events) ?? new Uint8Array());

function freeze(name: string, body: Uint8Array): void {
  const json: unknown = JSON.parse(fromUtf8(body) ?? "");
  writeFileSync(join(import.meta.dirname, "frozen", name), `${JSON.stringify(json, null, 2)}\n`);
}
