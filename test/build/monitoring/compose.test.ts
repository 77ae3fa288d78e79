import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { prometheusConfig } from "../../../build/monitoring/prometheus-config.ts";

// No containers run here: this only keeps the file in step with what it repeats and names.
const FOLDER = join(import.meta.dirname, "../../../docs/rings");
const COMPOSE = readFileSync(join(FOLDER, "compose.yml"), "utf8");

it("says that it was not run", () => {
  expect(COMPOSE).toMatch(/^# .*\bNOT RUN HERE\b/);
});

it("has Prometheus read the ring server as the generated configuration does", () => {
  const generated = prometheusConfig({
    target: "ring-server:8787",
    isHttps: false,
    tokenFile: "/run/secrets/metrics-token",
    everySeconds: 30,
  });
  expect(COMPOSE).toContain(generated.replaceAll(/^(?=.)/gm, "      "));
});

it("mounts generated files that exist, and starts the program and the configuration of the package", () => {
  const mounted = [...COMPOSE.matchAll(/\.\/(monitoring\/[\w.-]+):/g)].map(([, file = ""]) => file);
  expect(mounted).toEqual(["monitoring/rules.yml", "monitoring/grafana-dashboard.json"]);
  expect(mounted.filter((file) => !existsSync(join(FOLDER, file)))).toEqual([]);
  const unit = readFileSync(join(FOLDER, "../../build/packaging/ring-server/ring-server.service"), "utf8");
  const [command = ""] = /(?<=^ExecStart=).*$/m.exec(unit) ?? [];
  expect(COMPOSE).toContain(JSON.stringify(command.split(" ")).replaceAll(",", ", "));
  expect(unit).toContain("User=_uvv-ring");
  expect(COMPOSE).toContain("USER _uvv-ring");
});
