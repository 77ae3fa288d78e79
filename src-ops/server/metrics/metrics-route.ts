import type { LastReached, PolicyFile } from "../../gates/index.ts";
import type { WatchPorts } from "../decisions/index.ts";
import type { FastifyPluginAsync } from "fastify";
import { hasBearerToken, refuse } from "../http/index.ts";
import { storageProblemOf } from "../store/index.ts";
import type { ReportError } from "../unexpected-errors.ts";
import { EXPOSITION_TYPE, expositionOf, type Family, gauge } from "./exposition.ts";
import { releaseFamilies } from "./release-families.ts";
import { releaseReports } from "./release-reports.ts";
import type { ServerHealth } from "./server-health.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

export type MetricsPorts = Pick<WatchPorts, "store" | "policy" | "now"> & {
  /** Without a feed there are no rings to judge: then the metrics are those of the server alone. */
  readonly assessor: WatchPorts["assessor"] | undefined;
  readonly health: ServerHealth;
  /** What a reader has to show; without a token every reader is refused. */
  readonly token: string | undefined;
  readonly note: (event: string, fields: Readonly<Record<string, string>>) => void;
  readonly report: ReportError;
};

/** `GET /metrics` in Prometheus' text format, to whoever shows the token. */
export function metricsRoute(ports: MetricsPorts): FastifyPluginAsync {
  return async (app) => {
    app.get("/metrics", async (request, reply) => {
      if (!hasBearerToken(request, ports.token)) return refuse(reply, { status: 401, code: "NOT_ALLOWED" });
      const families = [...ports.health.families(), policyFamily(ports.policy), ...(await ringFamilies(ports))];
      return reply.type(EXPOSITION_TYPE).send(expositionOf(families));
    });
  };
}

/** Where the rings cannot be judged, the metrics say so, and have those of the server. */
async function ringFamilies({ assessor, store, policy, now, note, report }: MetricsPorts): Promise<readonly Family[]> {
  if (!assessor) return [];
  try {
    const evaluated = await assessor.latest();
    if (!evaluated.ok) return [success(false)];
    const { at, rings, log } = evaluated.value;
    const reports = await releaseReports(store, rings, log, policy, now());
    return [success(true), assessedFamily(at), reachedFamily(await store.reached()), ...releaseFamilies(reports)];
  } catch (error) {
    // Whatever it was, the reader still gets what the server knows of its own state.
    const problem = storageProblemOf(error);
    if (!problem) report("metrics", error);
    note("metrics.incomplete", { code: problem ?? "INTERNAL" });
    return [success(false)];
  }
}

function success(isDone: boolean): Family {
  return gauge("assessment_success", "Whether the rings could be judged for this answer.", [
    { labels: {}, value: Number(isDone) },
  ]);
}

function assessedFamily(at: UnixMs): Family {
  return gauge("assessment_timestamp_seconds", "When the rings were judged.", [{ labels: {}, value: at / 1_000 }]);
}

function policyFamily({ policy, hash }: PolicyFile): Family {
  const labels = { name: policy.name, policy_version: String(policy.version), hash };
  return gauge("policy_info", "By which policy the rings are judged.", [{ labels, value: 1 }]);
}

function reachedFamily(reached: readonly LastReached[]): Family {
  return gauge(
    "probe_last_success_timestamp_seconds",
    "When the place was last reached as a client reaches it, or first asked for in vain.",
    reached.map(({ place, at }) => ({ labels: { target: place }, value: at / 1_000 })),
  );
}
