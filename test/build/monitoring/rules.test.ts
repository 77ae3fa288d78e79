import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXAMPLES, makeMonitoring, monitoringFiles } from "../../../build/monitoring/monitoring.ts";
import { type PolicyFile, readPolicy } from "../../../src-ops/gates/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { promtool } from "./promtool.ts";
import { CASES, type RuleCase, SILENCE } from "./rule-cases.ts";

let policy: PolicyFile;
let folder: string;
beforeAll(async () => {
  const read = await readPolicy();
  if (!read.ok) throw new Error(read.error.message);
  policy = read.value;
  folder = temporaryFolder(afterAll);
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "sesame");
  for (const [name, text] of Object.entries(monitoringFiles(policy, { tokenFile })))
    writeFileSync(join(folder, name), text);
});

/** The output of promtool for these expectations of the rules. */
async function testOutput(cases: readonly RuleCase[], step = "1m"): Promise<string> {
  const tests = cases.map(({ name, series, at, alert, fires }) => ({
    name,
    interval: step,
    input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
    promql_expr_test: [
      {
        expr: `sum without (alertname, alertstate, severity) (ALERTS{alertname="${alert}",alertstate="firing"})`,
        eval_time: at,
        exp_samples: fires.map((labels) => ({ labels: selectorOf(labels), value: 1 })),
      },
    ],
  }));
  const file = join(folder, `rules.${step}.yml`);
  writeFileSync(file, JSON.stringify({ rule_files: ["rules.yml"], evaluation_interval: step, tests }));
  return (await promtool(["test", "rules", file])).output;
}

function selectorOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.join(",")}}`;
}

describe("the alerting rules for Prometheus", () => {
  it("are in the example files as generated from the shipped policy", () => {
    for (const [name, text] of Object.entries(monitoringFiles(policy))) {
      expect(readFileSync(join(EXAMPLES, name), "utf8") === text, `${name}: npm run -s monitoring`).toBe(true);
    }
  });

  it("pass promtool's check together with the configuration", async () => {
    expect(await promtool(["check", "config", "--lint-fatal", join(folder, "prometheus.yml")])).toMatchObject({
      code: 0,
    });
  });

  it("are generated for the server, policy and token file in the command line, and invalid options are refused", async () => {
    const messages: string[] = [];
    const make = (...words: string[]) =>
      makeMonitoring(["--out", join(folder, "made"), ...words], (text) => void messages.push(text));
    const server = ["--server", "https://rings.example.org:8443/", "--metrics-token", "token", "--every-s", "15"];
    expect(await make(...server)).toBe(0);
    const config = readFileSync(join(folder, "made", "prometheus.yml"), "utf8");
    expect(config).toContain(`credentials_file: ${JSON.stringify(resolve("token"))}`);
    for (const part of ["scheme: https", 'targets: ["rings.example.org:8443"]', "scrape_interval: 15s"])
      expect(config).toContain(part);
    expect(await make("--server", "rings.example.org")).toBe(2);
    expect(await make("--every-s", "0")).toBe(2);
    expect(await make("--policy", "package.json")).toBe(1);
    expect(messages.at(-1)).toContain("is not a ring policy");
  });

  it("fire when they should, and only then", async () => {
    const [quick, slow] = await Promise.all([testOutput(CASES), testOutput(SILENCE, "30m")]);
    expect(quick + slow).not.toContain("FAILED");
    expect([quick, slow]).toEqual([expect.stringContaining("SUCCESS"), expect.stringContaining("SUCCESS")]);
    const alerts = new Set(
      [...monitoringFiles(policy)["rules.yml"]!.matchAll(/- alert: (\w+)/g)].map(([, name]) => name),
    );
    for (const alert of alerts) {
      const outcomes = [...CASES, ...SILENCE].filter((one) => one.alert === alert).map(({ fires }) => fires.length > 0);
      expect(outcomes, alert).toContain(true);
    }
    // A wrong expectation: shows that promtool does find failures.
    expect(await testOutput([{ ...(CASES[0] as RuleCase), fires: [] }])).toContain("FAILED");
  });
});
