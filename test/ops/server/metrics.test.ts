import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LOGS_PATH } from "../../../src-shared/telemetry/index.ts";
import { expositionOf, gauge } from "../../../src-ops/server/metrics/exposition.ts";
import { releaseReports } from "../../../src-ops/server/metrics/release-reports.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { promtool } from "../../build/monitoring/promtool.ts";
import { PROJECT } from "../support/vaultctl.ts";
import { simulateActivity, METRICS_TOKEN, openMetricsFixture } from "./metrics-fixture.ts";

/** The values of all samples whose line begins with `start`. */
function valuesOf(text: string, start: string): number[] {
  const lines = text.split("\n").filter((line) => line.startsWith(`usb_video_vault_${start}`));
  return lines.map((line) => Number(line.split(" ").at(-1)));
}

describe("GET /metrics", () => {
  it("refuses everybody without the token or with another one", async () => {
    const { ask } = await openMetricsFixture();
    for (const shown of [
      undefined,
      "",
      "Bearer ",
      `Bearer ${METRICS_TOKEN}x`,
      METRICS_TOKEN,
      `Basic ${METRICS_TOKEN}`,
    ]) {
      const answer = await ask(shown);
      expect([shown, answer.status]).toEqual([shown, 401]);
      expect(await answer.text()).not.toContain("usb_video_vault");
    }
  });

  it("refuses everybody if no token is configured", async () => {
    const { ask } = await openMetricsFixture(null);
    for (const shown of ["Bearer undefined", "Bearer null", "Bearer "]) expect((await ask(shown)).status).toBe(401);
  });

  it("starts its counters at zero, and marks unmeasured gates as missing", async () => {
    const { metrics, build } = await openMetricsFixture();
    const text = await metrics();
    for (const name of ["operations", "failed_operations", "crashes", "signature_events", "rollback_events"])
      expect(text).toContain(`usb_video_vault_${name}_total{ring="ring0",version="0.2.0",build="${build}"} 0\n`);
    expect(valuesOf(text, "ingest_requests_total{")).toHaveLength(66);
    expect(new Set(valuesOf(text, "ingest_requests_total{"))).toEqual(new Set([0]));
    expect(text).toMatch(/gate\{.*gate="memory",outcome="missing"\} 1/);
    expect(text).toMatch(/gate\{.*gate="crashes",outcome="pass"\} 1/);
    // Before the first evaluation it is the server's start, so that an evaluation that never ends is visible too.
    expect(valuesOf(text, "watch_last_success")).toEqual(valuesOf(text, "process_start"));
    // An unknown value is not zero.
    for (const name of [
      "error_budget_left_ratio",
      "last_event_timestamp",
      "memory_highest",
      "feedback_median",
      "probe_",
    ])
      expect(text).not.toContain(`usb_video_vault_${name}`);
  });

  it("shows what the computers sent to the ingest, and identifies none of them", async () => {
    const fixture = await openMetricsFixture();
    const pilots = await simulateActivity(fixture);
    const text = await fixture.metrics();
    const values = (start: string) => valuesOf(text, start);
    expect(
      ["operations", "failed_operations", "crashes", "starts", "slow_starts"].map(
        (name) => values(`${name}_total{`)[0],
      ),
    ).toEqual([5, 1, 1, 2, 1]);
    expect([values("machines_reporting{"), values("machines_expected{")]).toEqual([[2], [10]]);
    expect([values("memory_median_bytes{"), values("memory_highest_bytes{")]).toEqual([[150_500_000], [151_000_000]]);
    expect([values("feedback_median_score{"), values("tickets_open{"), values("suspected_refusals{")]).toEqual([
      [9],
      [1],
      [1],
    ]);
    expect(values('window_failed_operations{ring="ring0"')).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(text).toMatch(/release_verdict\{.*verdict="fail"\} 1/);
    expect(text).toMatch(/gate\{.*gate="crashes",outcome="halt"\} 1/);
    expect(text).toMatch(/incidents_open\{.*kind="crash"\} 1/);
    expect(text).toMatch(/incidents_open\{.*kind="signature_error"\} 0/);
    expect(text).toContain('ingest_events_total{result="taken"} 5\n');
    for (const { pid, session } of pilots) for (const secret of [pid, session]) expect(text).not.toContain(secret);
  });

  it("follows Prometheus' rules for names and types, and has exactly the metrics that its page names", async () => {
    const fixture = await openMetricsFixture();
    await simulateActivity(fixture);
    const text = await fixture.metrics();
    expect(await promtool(["check", "metrics"], text)).toEqual({ code: 0, output: "" });
    const shown = [...text.matchAll(/^# TYPE usb_video_vault_(\w+)/gm)].map(([, name]) => String(name));
    const page = readFileSync(join(PROJECT, "docs", "formats", "metrics.md"), "utf8");
    const cells = [...page.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = ""]) => cell.replaceAll(/\[[^\]]*\]/g, ""));
    const named = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => String(name)));
    expect(named.toSorted()).toEqual(shown.toSorted());
    // Proves that promtool detects errors.
    const bad = expositionOf([gauge("things_total", "", [{ labels: {}, value: 1 }])]);
    expect((await promtool(["check", "metrics"], bad)).code).not.toBe(0);
  });

  it("counts each request to the ingest by its result", async () => {
    const { url, metrics, ...fixture } = await openMetricsFixture();
    const [pilot] = await simulateActivity({ url, metrics, ...fixture });
    if (!pilot) throw new Error("no computer has sent events");
    const event = pilot.stateEvent(40_000);
    await pilot.send(url, [event], 40_000);
    await pilot.send(url, [event], 40_000);
    const body = pilot.bodyOf([event], 40_000);
    await pilot.post(url, LOGS_PATH, body, { ...pilot.headersOf(url, LOGS_PATH, body), "UVV-Signature": "AAAA" });
    await pilot.post(url, LOGS_PATH, utf8("{"));
    await fetch(`${url}${LOGS_PATH}`);
    await fetch(`${url}/nowhere`);
    const text = await metrics();
    const requests = (result: string) => valuesOf(text, `ingest_requests_total{path="/v1/logs",result="${result}"}`)[0];
    expect(["ok", "statement_not_signed", "malformed", "method_not_allowed", "other"].map(requests)).toEqual([
      4, 1, 1, 1, 0,
    ]);
    expect(text).toContain('ingest_events_total{result="duplicates"} 1\n');
  });

  it("counts each storage problem of a refused batch under its own result", async () => {
    const fixture = await openMetricsFixture();
    const [pilot] = await simulateActivity(fixture);
    fixture.store.database.exec("PRAGMA query_only = ON");
    if (!pilot) throw new Error("no computer has sent events");
    const refused = await pilot.send(fixture.url, [pilot.stateEvent(40_000)], 40_000);
    expect([refused.status, await refused.json()]).toEqual([503, { code: "STORAGE_READ_ONLY" }]);
    const text = await fixture.metrics();
    expect(valuesOf(text, 'ingest_requests_total{path="/v1/logs",result="storage_read_only"}')).toEqual([1]);
    expect(valuesOf(text, 'ingest_requests_total{path="/v1/logs",result="other"}')).toEqual([0]);
  });

  it("counts a missed deadline as an incident of its own", async () => {
    const { ports, store, policy } = await openMetricsFixture();
    const evaluated = await ports.assessor.evaluate();
    if (!evaluated.ok) throw new Error(evaluated.error.message);
    const rings = evaluated.value.rings.map((one) => ({ ...one, deadlines: { evaluatedHours: 4, decidedHours: 24 } }));
    const crash = { id: "ring0-crash-1", kind: "crash", ring: "ring0", version: "0.2.0", detail: "1" } as const;
    await store.incidents.upsert([crash], Date.now());
    const { log } = evaluated.value;
    const kinds = async (hours: number) => {
      const reports = await releaseReports(store, rings, log, policy, Date.now() + hours * 3_600_000);
      return reports.flatMap(({ incidents }) => incidents);
    };
    expect(await kinds(3)).toEqual([]);
    expect(await kinds(5)).toEqual(["deadline_missed"]);
  });

  it("still shows the metrics of the server when the feed or the database is gone", async () => {
    const { publisher, store, metrics, notes } = await openMetricsFixture();
    renameSync(publisher.repo, publisher.path("elsewhere"));
    const blind = await metrics();
    expect([valuesOf(blind, "assessment_success"), valuesOf(blind, "release_verdict")]).toEqual([[0], []]);
    renameSync(publisher.path("elsewhere"), publisher.repo);
    expect(valuesOf(await metrics(), "assessment_success")).toEqual([1]);
    store.database.exec("DROP TABLE decisions");
    const text = await metrics();
    expect(valuesOf(text, "assessment_success")).toEqual([0]);
    expect(valuesOf(text, "process_start")).toHaveLength(1);
    expect(text).not.toContain("release_verdict");
    expect(notes).toContain("metrics.incomplete");
  });
});

describe("the text format", () => {
  it("escapes the values of labels", () => {
    const text = expositionOf([gauge("x", "a\\b\nc", [{ labels: { of: 'say "\\\n"' }, value: Infinity }])]);
    expect(text).toBe(
      '# HELP usb_video_vault_x a\\\\b\\nc\n# TYPE usb_video_vault_x gauge\nusb_video_vault_x{of="say \\"\\\\\\n\\""} +Inf\n',
    );
  });
});
