import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { bars, DATA_SOURCE, figures, graph, history, stateTexts } from "./panels.ts";

const M = "usb_video_vault_";
const RELEASE = "{{ring}} {{version}}";

const VERDICTS = [
  { value: 2, text: "pass", color: "green" },
  { value: 1, text: "inconclusive", color: "yellow" },
  { value: 0, text: "fail", color: "red" },
];
const OUTCOMES = [
  { value: 3, text: "pass", color: "green" },
  { value: 2, text: "hold", color: "yellow" },
  { value: 1, text: "missing", color: "purple" },
  { value: 0, text: "fail", color: "red" },
];
const YES_NO = [
  { value: 0, text: "no", color: "green" },
  { value: 1, text: "HALTED", color: "red" },
];
const REACHED = [
  { value: 1, text: "reached", color: "green" },
  { value: 0, text: "not reached", color: "red" },
];

/** The dashboard of the rings for Grafana (R-41). The same input gives the same bytes. */
export function ringDashboard(): Dashboard {
  return new DashboardBuilder("USB Video Vault: rings")
    .uid("usb-video-vault-rings")
    .description("Made by `npm run -s monitoring`. The verdict of the ring server decides, not this dashboard.")
    .tags(["usb-video-vault"])
    .timezone("browser")
    .time({ from: "now-2d", to: "now" })
    .refresh("1m")
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(
      new QueryVariableBuilder("ring")
        .label("Ring")
        .datasource(DATA_SOURCE)
        .query(`label_values(${M}release_since_timestamp_seconds, ring)`)
        .refresh(VariableRefresh.OnDashboardLoad)
        .multi(true)
        .includeAll(true)
        .allValue(".*"),
    )
    .withRow(new RowBuilder("Rings"))
    .withPanel(stateTexts("Ring Status", VERDICTS, [stateOf("release_verdict", "verdict", VERDICTS), RELEASE]))
    .withPanel(stateTexts("Halted", YES_NO, [of("release_halted"), RELEASE]))
    .withPanel(history("Gates", OUTCOMES, [gates(), "{{ring}} {{gate}}"]))
    .withPanel(
      graph("Incidents open", "short", [`${of("incidents_open")} > 0 or ${noIncident()}`, "{{ring}} {{kind}}"]),
    )
    .withRow(new RowBuilder("Errors"))
    .withPanel(
      graph(
        "Error Rate by Ring",
        "percentunit",
        [`${of("failed_operations_total")} / ${of("operations_total")}`, `${RELEASE}: measured`],
        [of("error_rate_upper_bound_ratio"), `${RELEASE}: upper bound`],
        [`max by (ring) (${of("error_rate_limit_ratio")})`, "{{ring}}: limit"],
      ),
    )
    .withPanel(graph("Burn rate", "none", [of("burn_rate_ratio"), `${RELEASE}, {{window}}`]))
    .withPanel(figures("Error budget left", "percentunit", [of("error_budget_left_ratio"), RELEASE]))
    .withPanel(
      graph(
        "Crashes and refusals",
        "short",
        [of("crashes_total"), `${RELEASE}: crashes`],
        [`sum by (ring, version) (${of("genuine_refusals")})`, `${RELEASE}: refused genuine files`],
        [of("suspected_refusals"), `${RELEASE}: refused altered files`],
      ),
    )
    .withRow(new RowBuilder("Computers"))
    .withPanel(
      graph(
        "Memory Usage",
        "decbytes",
        [of("memory_highest_bytes"), `${RELEASE}: highest`],
        [of("memory_median_bytes"), `${RELEASE}: median`],
      ),
    )
    .withPanel(graph("Slow starts", "percentunit", [`${of("slow_starts_total")} / ${of("starts_total")}`, RELEASE]))
    .withPanel(bars("Update progress", [of("machines_updated"), "{{ring}} {{step}}"]))
    .withPanel(
      graph(
        "Computers that report",
        "short",
        [of("machines_reporting"), `${RELEASE}: report`],
        [of("machines_expected"), `${RELEASE}: expected`],
      ),
    )
    .withRow(new RowBuilder("People"))
    .withPanel(
      figures(
        "Feedback",
        "none",
        [of("feedback_median_score"), `${RELEASE}: median of 10`],
        [of("feedback_answers"), `${RELEASE}: answers`],
      ),
    )
    .withPanel(figures("Tickets open", "none", [of("tickets_open"), "{{ring}}"]))
    .withRow(new RowBuilder("Ring server"))
    .withPanel(
      graph("Requests", "reqps", [`sum by (result) (rate(${M}ingest_requests_total[$__rate_interval]))`, "{{result}}"]),
    )
    .withPanel(
      graph("Events", "ops", [`sum by (result) (rate(${M}ingest_events_total[$__rate_interval]))`, "{{result}}"]),
    )
    .withPanel(
      figures("Time since the last evaluation", "s", [`time() - max(${M}watch_last_success_timestamp_seconds)`, "age"]),
    )
    .withPanel(stateTexts("Reachable for clients", REACHED, [`max by (target) (${M}probe_success)`, "{{target}}"]))
    .build();
}

/** A metric of the selected rings. Several servers on one database report the same value. */
function of(name: string, more = ""): string {
  return `max without (instance) (${M}${name}{ring=~"$ring"${more}})`;
}

/** One number for a set of state metrics, of which exactly one is 1. */
function stateOf(name: string, label: string, states: readonly { value: number; text: string }[]): string {
  const parts = states.map(({ value, text }) => `${value} * ${of(name, `,${label}="${text}"`)}`);
  return `sum by (ring, version) (${parts.join(" or ")})`;
}

// `fail` and `halt` are both 0.
function gates(): string {
  const parts = OUTCOMES.map(({ value, text }) => `${value} * ${of("gate", `,outcome="${text}"`)}`);
  return `sum by (ring, gate) (${parts.join(" or ")})`;
}

// A line at 0, so that an empty panel means that there is no data.
function noIncident(): string {
  return `sum by (ring) (${of("incidents_open")})`;
}
