import { RUNBOOKS } from "../../src-ops/server/index.ts";

/** An alerting rule of Prometheus. */
export type Rule = {
  readonly alert: string;
  readonly expr: string;
  /** How long it has to hold, as Prometheus writes a duration. */
  readonly for: string;
  readonly severity: "page" | "ticket";
  /** What tells it from others of the same name. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  /** The page in docs/rings/runbooks. May name the label `kind`. */
  readonly runbook: string;
};

/** Rules as Prometheus reads them from a file. Strings are JSON, which YAML takes as they are. */
export function rulesFile(comment: readonly string[], groups: readonly (readonly [string, readonly Rule[]])[]): string {
  const lines = groups.flatMap(([name, rules]) => [`  - name: ${name}`, "    rules:", ...rules.flatMap(linesOf)]);
  return [...comment.map((line) => `# ${line}`), "groups:", ...lines, ""].join("\n");
}

function linesOf({
  alert,
  expr,
  severity,
  labels = {},
  summary,
  description,
  runbook,
  ...rule
}: Rule): readonly string[] {
  return [
    `      - alert: ${alert}`,
    `        expr: ${JSON.stringify(expr)}`,
    `        for: ${rule.for}`,
    "        labels:",
    ...Object.entries({ severity, ...labels }).map(([name, value]) => `          ${name}: ${JSON.stringify(value)}`),
    "        annotations:",
    `          summary: ${JSON.stringify(summary)}`,
    `          description: ${JSON.stringify(description)}`,
    `          runbook_url: ${JSON.stringify(`${RUNBOOKS}/${runbook}.md`)}`,
  ];
}
