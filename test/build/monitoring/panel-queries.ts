import { ringDashboard } from "../../../build/monitoring/dashboard.ts";

type Panel = { readonly type: string; readonly title: string; readonly targets?: readonly { readonly expr: string }[] };

const panels = (ringDashboard().panels ?? []) as readonly Panel[];

/** The Prometheus queries of each panel, with the variables filled in as Grafana does. */
export const panelQueries = panels
  .filter(({ type }) => type !== "row")
  .map(({ title, targets = [] }) => ({ title, queries: targets.map(({ expr }) => filled(expr)) }));

function filled(expr: string): string {
  return expr.replaceAll("$ring", ".*").replaceAll("$__rate_interval", "1m");
}
