import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { feedBundlesFolder } from "../../../src-ops/keys/index.ts";
import { panelQueries } from "../../build/monitoring/panel-queries.ts";
import { freePort } from "../../fakes/free-port.ts";
import { queryPrometheus, until } from "../../build/monitoring/prometheus.ts";
import { prometheusProgram } from "../../build/monitoring/promtool.ts";
import { webhookSink } from "./sinks.ts";
import { openFeedFixture } from "../feed/support/feed-fixture.ts";
import { serve } from "../feed/support/tuf-reader.ts";
import { writeEnrolmentAnchor } from "../../fakes/pilot.ts";
import { PROJECT } from "../support/vaultctl.ts";
import { sendActivity } from "./metrics-fixture.ts";

// Runs the commands of docs/rings/ring-monitoring-setup.md in a shell exactly as the page has them.
vi.setConfig({ testTimeout: 120_000 });

const PAGE = readFileSync(join(PROJECT, "docs", "rings", "ring-monitoring-setup.md"), "utf8");
const commandsOf = (title: string) => {
  const section = PAGE.split(/^## /m).find((one) => one.startsWith(title)) ?? "";
  const lines = [...section.matchAll(/^\$ (.+)$/gm)].map(([, line]) => line as string);
  if (lines.length === 0) throw new Error(`no commands in ${title}`);
  return lines;
};

type Run = { readonly code: number; readonly output: string };
type Rules = { data: { groups: { rules: { name: string; health: string }[] }[] } };
type Alert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
};
type Alerts = { data: { alerts: readonly Alert[] } };

/** A publisher, the programs that the page uses, and a value for each of the page's placeholders. */
async function openDrill() {
  const publisher = await openFeedFixture();
  await publisher.feed("release", "--ring", "ring0", "--build", await publisher.build("0.2.0"));
  writeEnrolmentAnchor(publisher.trust);
  const sink = await webhookSink();
  const bin = publisher.path("bin");
  mkdirSync(bin);
  for (const name of ["prometheus", "promtool"] as const) symlinkSync(prometheusProgram(name), join(bin, name));
  const main = join(PROJECT, "src-ops", "cli", "main.ts");
  writeFileSync(join(bin, "vaultctl"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(join(bin, "vaultctl"), 0o755);
  const channels = { critical: "#critical", warnings: "#warnings", info: "#info" };
  const email = {
    from: "rings@example.org",
    smtp: { host: "127.0.0.1" },
    recipients: { critical: [], escalation: [] },
  };
  writeFileSync(
    publisher.path("alerting-config.json"),
    JSON.stringify({ slack: { webhookUrl: sink.url, channels }, email }),
  );
  const names: Readonly<Record<string, string>> = {
    "METRICS-TOKEN": publisher.path("metrics-token"),
    "SERVER-KEYS": feedBundlesFolder(publisher.keys),
    "FEED-URL": (await serve(publisher.repo)).url,
    ALERTS: publisher.path("alerting-config.json"),
    MONITORING: publisher.path("monitoring"),
    HISTORY: publisher.path("history"),
    REPO: publisher.repo,
    KEYS: publisher.keys,
    DATA: publisher.path("data"),
    "8787": String(await freePort()),
    "9090": String(await freePort()),
  };
  const filled = (line: string) =>
    Object.entries(names).reduce(
      (text, [name, value]) => text.replaceAll(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, "g"), value),
      line,
    );
  const options = { cwd: PROJECT, env: { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"]}` } };

  /** Runs a command and waits for its end. */
  const run = (line: string) =>
    new Promise<Run>((resolve) => {
      execFile("sh", ["-c", filled(line)], options, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
      );
    });

  /** Starts a long-running command; its process group is killed at the end of the test. */
  function start(line: string): ChildProcess {
    const child = spawn("sh", ["-c", `exec ${filled(line)}`], { ...options, stdio: "ignore", detached: true });
    onTestFinished(() => void end(child, "SIGKILL"));
    return child;
  }

  return { publisher, sink, names, run, start };
}

/** Ends a child and all processes that it started, and waits for its end. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = new Promise((resolve) => child.once("close", resolve));
  process.kill(-child.pid, signal);
  await closed;
}

it("the monitoring can be set up with the page, has data for each panel, and alerts when the ring server is down", async () => {
  const { sink, names, run, start } = await openDrill();
  const ok = async (line: string) => {
    const { code, output } = await run(line);
    expect(code, `${line}\n${output}`).toBe(0);
    return output;
  };

  for (const line of commandsOf("1.")) await ok(line);

  const [serving = "", healthy = "", checked = ""] = commandsOf("2.");
  const server = start(serving);
  await until("the ring server answers", async () => (await run(healthy)).code === 0);
  expect(await ok(checked)).toBe("");

  for (const line of commandsOf("3.")) await ok(line);

  await sendActivity(`http://127.0.0.1:${names["8787"]}`);
  const [watching = "", up = "", rules = ""] = commandsOf("4.");
  // Prometheus reads the metrics every half minute; this test reads them every second.
  const config = join(names["MONITORING"] ?? "", "prometheus.yml");
  writeFileSync(config, readFileSync(config, "utf8").replaceAll("30s", "1s"));
  start(watching);
  await until("the server is read", async () => /"value":\[[\d.]+,"1"\]/.test((await run(up)).output));
  const health = async () => {
    const { data } = JSON.parse((await run(rules)).output) as Rules;
    return data.groups.flatMap(({ rules: all }) => all.map((rule) => rule.health));
  };
  await until("each rule was evaluated", async () => (await health()).every((one) => one !== "unknown"));
  expect(new Set(await health())).toEqual(new Set(["ok"]));
  // 12 for the budget, 2 for incidents, 3 for silence, 8 for the server.
  expect(await health()).toHaveLength(25);

  const prometheus = `http://127.0.0.1:${names["9090"]}`;
  const query = (expr: string) => queryPrometheus(prometheus, expr);
  // A rate needs two readings.
  await until("two readings", async () => {
    const [readings] = await query("count_over_time(usb_video_vault_release_halted[1m])");
    return Number(readings?.value[1] ?? 0) >= 2;
  });
  for (const { title, queries } of panelQueries) {
    for (const expr of queries) {
      const values = (await query(expr)).map(({ value }) => Number(value[1]));
      expect([values.length > 0, values.every(Number.isFinite)], `${title}: ${expr}`).toEqual([true, true]);
    }
  }

  for (const line of commandsOf("6.")) await ok(line);
  // An evaluation of the rings may have sent its own alerts by now.
  const tests = sink.got.map(({ text }) => text).filter((text) => text.includes("This is a test: nothing happened"));
  expect(tests).toEqual([expect.stringContaining("docs/rings/runbooks/")]);

  const [alerts = ""] = commandsOf("7.");
  const alertOf = async (label: string, value: string) => {
    const { data } = JSON.parse(await ok(alerts)) as Alerts;
    return data.alerts.find(({ labels }) => labels[label] === value);
  };
  await until("an alert of the crash", async () => (await alertOf("kind", "crash"))?.state === "firing");
  expect((await alertOf("kind", "crash"))?.annotations).toMatchObject({
    runbook_url: "docs/rings/runbooks/crash.md",
    summary: "ring0 0.2.0: crash",
  });
  const down = async () => (await alertOf("alertname", "RingServerDown"))?.state;
  // Before its first reading, Prometheus considers the server down.
  await until("no alert of the server", async () => (await down()) === undefined);
  await end(server, "SIGTERM");
  await until("the rule sees it", async () => (await down()) === "pending");
  start(serving);
  await until("the rule sees it back", async () => (await down()) === undefined);
});

it("runs every command of the page", () => {
  const tried = ["1.", "2.", "3.", "4.", "6.", "7."].flatMap(commandsOf);
  expect([...PAGE.matchAll(/^\$ (.+)$/gm)].map(([, line]) => line)).toEqual(tried);
});
