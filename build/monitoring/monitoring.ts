// `npm run -s monitoring`: makes what Prometheus and Grafana need from the ring policy. Without options it writes the
// examples in docs/rings/monitoring again.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, CommanderError } from "commander";
import { webAddress, wholeNumber } from "../../src-ops/cli/index.ts";
import { type PolicyFile, readPolicy } from "../../src-ops/gates/index.ts";
import { projectRoot } from "../electron-runtime.ts";
import { ringDashboard } from "./dashboard.ts";
import { JOB_NAME, prometheusConfig, type Scrape } from "./prometheus-config.ts";
import { ringRules } from "./ring-rules.ts";

export const EXAMPLES = join(projectRoot, "docs", "rings", "monitoring");
const TOKEN_FILE = "/etc/prometheus/ring-server-token";

/** The generated files, by name. */
export function monitoringFiles(policy: PolicyFile, scrape: Partial<Scrape> = {}): Readonly<Record<string, string>> {
  const whole = { target: "127.0.0.1:8787", isHttps: false, tokenFile: TOKEN_FILE, everySeconds: 30, ...scrape };
  return {
    "prometheus.yml": prometheusConfig(whole),
    "rules.yml": ringRules(policy, JOB_NAME),
    "grafana-dashboard.json": `${JSON.stringify(ringDashboard(), null, 2)}\n`,
  };
}

/** Runs the command with these arguments; returns the exit code. */
export async function makeMonitoring(args: readonly string[], say: (text: string) => void): Promise<0 | 1 | 2> {
  try {
    const options = new Command("monitoring")
      .description("Makes what Prometheus and Grafana need from the ring policy.")
      .option("--out <folder>", "the output folder", EXAMPLES)
      .option("--policy <file>", "the policy that judges the rings (default: the one that ships)")
      .option("--server <url>", "the ring server, as Prometheus reaches it", webAddress, "http://127.0.0.1:8787")
      .option("--metrics-token <file>", "the token file of the ring server, as a path for Prometheus", TOKEN_FILE)
      .option("--every-s <n>", "seconds between two scrapes", wholeNumber(1, 600), 30)
      .configureOutput({ writeOut: say, writeErr: say })
      .exitOverride()
      .parse(args, { from: "user" })
      .opts<Options>();
    return await write(options, say);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}

type Options = { out: string; policy?: string; server: string; metricsToken: string; everyS: number };

async function write(options: Options, say: (text: string) => void): Promise<0 | 1> {
  const policy = await readPolicy(options.policy);
  if (!policy.ok) return (say(`${policy.error.message}\n`), 1);
  const { host, protocol } = new URL(options.server);
  const files = monitoringFiles(policy.value, {
    target: host,
    isHttps: protocol === "https:",
    everySeconds: options.everyS,
    // Prometheus would resolve a relative path against its configuration.
    tokenFile: resolve(options.metricsToken),
  });
  mkdirSync(options.out, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(options.out, name), text);
  say(`${Object.keys(files).join(", ")} in ${options.out}\n`);
  return 0;
}

if (import.meta.main) {
  process.exitCode = await makeMonitoring(process.argv.slice(2), (text) => void process.stderr.write(text));
}
