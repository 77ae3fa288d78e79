import type { Ring } from "../license/index.ts";
import type { SessionState } from "./measures.ts";

/** The file that existing collectors read: their member names, our figures. */
export type LocalMetrics = {
  readonly timestamp: string;
  readonly ring: Ring;
  /** The pseudonym; never the name of the computer. */
  readonly hostname: string;
  readonly version: string;
  /** Bytes. */
  readonly memoryUsage: number;
  /** Percent of one core, since the previous file. */
  readonly cpuUsage: number;
  /** Seconds. */
  readonly processUptime: number;
  readonly errorCount: number;
  readonly signatureErrors: number;
  readonly antiRollbackErrors: number;
};

export function localMetricsOf(
  who: Pick<LocalMetrics, "timestamp" | "ring" | "hostname" | "version">,
  state: SessionState,
  before: Pick<SessionState, "cpuMs" | "uptimeMs">,
): LocalMetrics {
  const elapsedMs = state.uptimeMs - before.uptimeMs;
  // The processes started before the session: over a very short time their processor time would give a wrong share.
  const cpu = elapsedMs >= 1_000 ? ((state.cpuMs - before.cpuMs) / elapsedMs) * 100 : 0;
  const { signature, rollback } = state.security;
  return {
    ...who,
    memoryUsage: state.memory.private,
    cpuUsage: Math.round(cpu * 100) / 100,
    processUptime: Math.round(state.uptimeMs / 1000),
    // Counted as in the log: each security line also contains the phrase ERROR (docs/formats/logs.md).
    errorCount: state.faults + signature + rollback,
    signatureErrors: signature,
    antiRollbackErrors: rollback,
  };
}

/** `metrics-<ring>-<yyyyMMdd-HHmm>.json`, of a time in ISO 8601. */
export function localMetricsName(ring: Ring, timestamp: string): string {
  const [date = "", time = ""] = timestamp.split("T");
  return `metrics-${ring}-${date.replaceAll("-", "")}-${time.slice(0, 5).replace(":", "")}.json`;
}

/** When the file of this name was made, for sorting: `yyyyMMdd-HHmm`. `undefined`: not one of our files. */
export function stampOf(name: string): string | undefined {
  return /^metrics-(?:ring0|ring1|ga)-(\d{8}-\d{4})\.json$/.exec(name)?.[1];
}
