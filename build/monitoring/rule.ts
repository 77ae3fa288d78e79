import { RUNBOOKS } from "../../src-ops/server/index.ts";

/** An alerting rule of Prometheus. */
export type Rule = {
  readonly alert: string;
  readonly expr: string;
  /** How long the condition must hold before the alert fires, as a Prometheus duration. */
  readonly for: string;
  readonly severity: "page" | "ticket";
  /** Labels that distinguish it from other rules of the same name. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  /** The page in docs/rings/runbooks. May contain the label `kind`. */
  readonly runbook: string;
};

/** A rule file for Prometheus. Strings are written as JSON, which is valid YAML. */
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
