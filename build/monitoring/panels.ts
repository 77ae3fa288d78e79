import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/common";
import { MappingType, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as BarGaugePanel } from "@grafana/grafana-foundation-sdk/bargauge";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimelinePanel } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TimeSeriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";

/** Selected at the top of the dashboard. */
export const DATA_SOURCE: DataSourceRef = { type: "prometheus", uid: "${datasource}" };

/** A query and the name of each of its lines. */
type Line = readonly [expr: string, legend: string];
type AnyPanel = TimeSeriesPanel | StatPanel | BarGaugePanel | StateTimelinePanel;

const HALF = 12;

/** Lines over time. */
export function graph(title: string, unit: string, ...lines: readonly Line[]): TimeSeriesPanel {
  return drawn(new TimeSeriesPanel().unit(unit).fillOpacity(8), title, lines);
}

/** The current values as large numbers. */
export function figures(title: string, unit: string, ...lines: readonly Line[]): StatPanel {
  return drawn(new StatPanel().unit(unit), title, lines);
}

export function bars(title: string, ...lines: readonly Line[]): BarGaugePanel {
  return drawn(new BarGaugePanel().min(0), title, lines);
}

/** The current states as large text. */
export function stateTexts(title: string, states: readonly State[], ...lines: readonly Line[]): StatPanel {
  return figures(title, "none", ...lines).mappings(mappingsOf(states));
}

/** States over time, each line in the colours of its states. */
export function history(title: string, states: readonly State[], ...lines: readonly Line[]): StateTimelinePanel {
  return drawn(new StateTimelinePanel().mappings(mappingsOf(states)), title, lines);
}

/** A number that stands for a state. */
type State = { readonly value: number; readonly text: string; readonly color: string };

function mappingsOf(states: readonly State[]): ValueMapping[] {
  const options = states.map(({ value, text, color }, index) => [String(value), { text, color, index }] as const);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}

function drawn<P extends AnyPanel>(panel: P, title: string, lines: readonly Line[]): P {
  panel.title(title).datasource(DATA_SOURCE).span(HALF).height(8);
  for (const [index, [expr, legend]] of lines.entries()) {
    const refId = String.fromCodePoint(65 + index);
    panel.withTarget(new DataqueryBuilder().datasource(DATA_SOURCE).refId(refId).expr(expr).legendFormat(legend));
  }
  return panel;
}
