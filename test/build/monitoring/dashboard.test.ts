import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ringDashboard } from "../../../build/monitoring/dashboard.ts";
import { monitoringFiles } from "../../../build/monitoring/monitoring.ts";
import { createPilot } from "../../fakes/pilot.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { liveThrough, METRICS_TOKEN, openMetricsWorld } from "../../ops/rings/metrics-world.ts";
import { startPrometheus, until } from "./prometheus.ts";

type Panel = { readonly type: string; readonly title: string; readonly targets?: readonly { readonly expr: string }[] };

const panels = (ringDashboard().panels ?? []) as readonly Panel[];
const drawn = panels.filter(({ type }) => type !== "row");

// As Grafana fills them in.
const filled = (expr: string) => expr.replaceAll("$ring", ".*").replaceAll("$__rate_interval", "1m");

it("the dashboard shows what the rings have to show (R-41)", () => {
  expect(drawn.map(({ title }) => title)).toEqual(
    expect.arrayContaining(["Ring Status", "Error Rate by Ring", "Memory Usage", "Feedback", "Burn rate"]),
  );
  expect(drawn.every(({ targets = [] }) => targets.length > 0)).toBe(true);
});

it("real Prometheus answers every panel with data, and raises the alerts that are due, each with its runbook", async () => {
  const world = await openMetricsWorld();
  await liveThrough(world);
  const tokenFile = join(temporaryFolder(), "token");
  writeFileSync(tokenFile, `${METRICS_TOKEN}\n`);
  const target = new URL(world.url).host;
  const prometheus = await startPrometheus(monitoringFiles(world.policy, { target, tokenFile, everySeconds: 1 }));
  // Two readings: a rate takes as many.
  await until("two readings", async () => {
    const [readings] = await prometheus.query("count_over_time(usb_video_vault_release_halted[1m])");
    return Number(readings?.value[1] ?? 0) >= 2;
  });
  for (const { title, targets = [] } of drawn) {
    for (const { expr } of targets) {
      const series = await prometheus.query(filled(expr));
      expect(series.length, `${title}: ${expr}`).toBeGreaterThan(0);
      expect(
        series.every(({ value }) => Number.isFinite(Number(value[1]))),
        `${title}: ${expr}`,
      ).toBe(true);
    }
  }
  type Alerts = { data: { alerts: { labels: Record<string, string>; annotations: Record<string, string> }[] } };
  const raised = async () => (await prometheus.get<Alerts>("/api/v1/alerts")).data.alerts;
  await until("an alert of the crash", async () => (await raised()).some(({ labels }) => labels["kind"] === "crash"));
  const crash = (await raised()).find(({ labels }) => labels["kind"] === "crash");
  expect(crash?.annotations["runbook_url"]).toBe("docs/rings/runbooks/crash.md");
  expect(crash?.annotations["summary"]).toBe("ring0 0.2.0: crash");
  // A dashboard is watched while things happen.
  const late = createPilot("late", Date.now() - 1_000);
  await late.send(world.url, [late.stateEvent(500, { kind: "crash", process: "main" })], 500);
  await until("the second crash", async () => {
    const [crashes] = await prometheus.query("usb_video_vault_crashes_total");
    return crashes?.value[1] === "2";
  });
});
