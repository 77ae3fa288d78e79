// `npm run -s monitoring`: makes what Prometheus and Grafana need from the ring policy. Without options it makes the
// examples in docs/rings/monitoring again.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type PolicyFile, readPolicy } from "../../src-ops/policy/index.ts";
import { projectRoot } from "../electron-runtime.ts";
import { ringDashboard } from "./dashboard.ts";
import { JOB_NAME, prometheusConfig, type Scrape } from "./prometheus-config.ts";
import { ringRules } from "./ring-rules.ts";

export const EXAMPLES = join(projectRoot, "docs", "rings", "monitoring");
const TOKEN_FILE = "/etc/prometheus/ring-server-token";

/** The files by their names. */
export function monitoringFiles(policy: PolicyFile, scrape: Partial<Scrape> = {}): Readonly<Record<string, string>> {
  const whole = { target: "127.0.0.1:8787", isHttps: false, tokenFile: TOKEN_FILE, everySeconds: 30, ...scrape };
  return {
    "prometheus.yml": prometheusConfig(whole),
    "rules.yml": ringRules(policy, JOB_NAME),
    "grafana-dashboard.json": `${JSON.stringify(ringDashboard(), null, 2)}\n`,
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      out: { type: "string", default: EXAMPLES },
      policy: { type: "string" },
      server: { type: "string", default: "http://127.0.0.1:8787" },
      "metrics-token": { type: "string" },
      "every-s": { type: "string", default: "30" },
    },
  });
  const policy = await readPolicy(values.policy);
  if (!policy.ok) {
    process.stderr.write(`${policy.error.message}\n`);
    process.exit(1);
  }
  const { host, protocol } = new URL(values.server);
  const token = values["metrics-token"];
  const files = monitoringFiles(policy.value, {
    target: host,
    isHttps: protocol === "https:",
    everySeconds: Number(values["every-s"]),
    // Prometheus would look beside its configuration.
    ...(token === undefined ? {} : { tokenFile: resolve(token) }),
  });
  mkdirSync(values.out, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(values.out, name), text);
  process.stdout.write(`${Object.keys(files).join(", ")} in ${values.out}\n`);
}
