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
  /** `undefined` without a feed: the metrics then cover only the server itself. */
  readonly assessor: WatchPorts["assessor"] | undefined;
  readonly health: ServerHealth;
  /** The token that a reader must send; without a configured token every reader is refused. */
  readonly token: () => string | undefined;
  readonly note: (event: string, fields: Readonly<Record<string, string>>) => void;
  readonly report: ReportError;
};

/** `GET /metrics` in Prometheus' text format, for readers that send the token. */
export function metricsRoute(ports: MetricsPorts): FastifyPluginAsync {
  return async (app) => {
    app.get("/metrics", async (request, reply) => {
      if (!hasBearerToken(request, ports.token())) return refuse(reply, { status: 401, code: "NOT_ALLOWED" });
      const families = [...ports.health.families(), policyFamily(ports.policy), ...(await ringFamilies(ports))];
      return reply.type(EXPOSITION_TYPE).send(expositionOf(families));
    });
  };
}

/** If the rings cannot be evaluated, the metrics say so and still contain those of the server. */
async function ringFamilies({ assessor, store, policy, now, note, report }: MetricsPorts): Promise<readonly Family[]> {
  if (!assessor) return [];
  try {
    const evaluated = await assessor.latest();
    if (!evaluated.ok) return [success(false)];
    const { at, rings, log } = evaluated.value;
    const reports = await releaseReports(store, rings, log, policy, now());
    return [success(true), assessedFamily(at), reachedFamily(await store.reached()), ...releaseFamilies(reports)];
  } catch (error) {
    // After any error the reader still gets the metrics of the server itself.
    const problem = storageProblemOf(error);
    if (!problem) report("metrics", error);
    note("metrics.incomplete", { code: problem ?? "INTERNAL" });
    return [success(false)];
  }
}

function success(isDone: boolean): Family {
  return gauge("assessment_success", "Whether the rings could be evaluated for this response.", [
    { labels: {}, value: Number(isDone) },
  ]);
}

function assessedFamily(at: UnixMs): Family {
  return gauge("assessment_timestamp_seconds", "When the rings were evaluated.", [{ labels: {}, value: at / 1_000 }]);
}

function policyFamily({ policy, hash }: PolicyFile): Family {
  const labels = { name: policy.name, policy_version: String(policy.version), hash };
  return gauge("policy_info", "The policy by which the rings are evaluated.", [{ labels, value: 1 }]);
}

function reachedFamily(reached: readonly LastReached[]): Family {
  return gauge(
    "probe_last_success_timestamp_seconds",
    "When the target was last reached the way a client reaches it; if never, when it was first probed.",
    reached.map(({ place, at }) => ({ labels: { target: place }, value: at / 1_000 })),
  );
}
