import type { TelemetryPart } from "../../src-shared/ipc/index.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import {
  encodeLogs,
  encodeMetrics,
  type LocalMetrics,
  LOGS_PATH,
  METRICS_PATH,
  type TelemetryEvent,
} from "../../src-shared/telemetry/index.ts";
import type { Destination, SendContext } from "./transport.ts";

/** The destinations; `undefined` if nothing is sent there. */
export type Destinations = { readonly destination: Destination | undefined; readonly monitoring: string | undefined };

/** What leaves with a batch, produced by the encoders that send it: the same bytes, indented. */
export function previewOf(
  { destination, monitoring }: Destinations,
  { sender, sent, enrolment }: SendContext,
  events: readonly TelemetryEvent[],
  file: LocalMetrics,
): TelemetryPart[] {
  const local = { kind: "file", to: monitoring ? `${monitoring}/metrics` : null, signed: false } as const;
  const last = { ...local, text: JSON.stringify(file, null, 2) };
  if (!destination) return [last];
  const signed = destination.isOurs && enrolment !== undefined;
  const metrics = encodeMetrics(sender, sent, events);
  const logs = { kind: "logs", to: destination.url + LOGS_PATH, signed } as const;
  return [
    { ...logs, text: indented(encodeLogs(sender, sent, events)) },
    ...(metrics
      ? [{ ...logs, kind: "metrics" as const, to: destination.url + METRICS_PATH, text: indented(metrics) }]
      : []),
    last,
  ];
}

function indented(body: Uint8Array): string {
  const json = parseStrictJson(body);
  if (!json.ok) throw new TypeError("what the encoder made is no JSON");
  return JSON.stringify(json.value, null, 2);
}
