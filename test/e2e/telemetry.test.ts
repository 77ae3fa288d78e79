import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startTelemetryServer, type TelemetryServer } from "../fakes/telemetry-server.ts";
import { launchApp } from "./launch.ts";
import { suiteFolder } from "./suite-folder.ts";

const folder = suiteFolder();

function profile(name: string, consent: string) {
  const userData = join(folder(), name);
  mkdirSync(userData, { recursive: true });
  writeFileSync(join(userData, "settings.json"), JSON.stringify({ consent }));
  return userData;
}

async function startServer(): Promise<TelemetryServer> {
  const server = await startTelemetryServer();
  onTestFinished(() => server.stop());
  return server;
}

async function settled(check: () => boolean): Promise<void> {
  await expect.poll(check, { timeout: 30_000, interval: 50 }).toBe(true);
}

const states = ({ events }: TelemetryServer) =>
  [...events.values()].flatMap((event) => (event.kind === "session" ? [event.state] : []));

it("sends nothing and writes nothing before consent, however long it runs", async () => {
  const server = await startServer();
  const userData = profile("unasked", "unasked");
  const { page, close } = await launchApp({ userData, trust: folder(), args: ["--ingest", server.url] });
  // Longer than the delay after which it would first write.
  await page.waitForTimeout(8_000);
  await close();
  expect(server.requests).toEqual([]);
  expect(existsSync(join(userData, "telemetry"))).toBe(false);
});

it("reports, with consent, a healthy start, a crash of the page, and the end at the next start", async () => {
  const server = await startServer();
  const userData = profile("given", "given");
  const options = { userData, trust: folder(), args: ["--ingest", server.url] };
  const first = await launchApp(options);
  await first.page.getByRole("button").first().waitFor();
  await first.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  );
  await settled(() => states(server).length === 1);
  const [state] = states(server);
  expect(state).toMatchObject({
    status: "running",
    operations: { start: { ok: 1, failed: 0 } },
    crashes: { renderer: 1, gpu: 0 },
  });
  expect(state?.startMs).toBeGreaterThan(50);
  expect(state?.startMs).toBeLessThan(30_000);
  expect(state?.memory.private).toBeGreaterThan(30e6);
  expect(state?.cpuMs).toBeGreaterThan(50);
  expect(readdirSync(join(userData, "telemetry", "metrics"))[0]).toMatch(/^metrics-ga-\d{8}-\d{4}\.json$/);
  await first.close();
  await launchApp(options);
  await settled(() => states(server).length === 3);
  expect(states(server).map(({ status }) => status)).toEqual(["running", "ended", "running"]);
  expect(server.faults).toEqual([]);
});

it("detects a start that was interrupted before anything was sent", async () => {
  const server = await startServer();
  const userData = profile("cut", "given");
  const options = { userData, trust: folder(), args: ["--ingest", server.url] };
  const first = await launchApp(options);
  await expect.poll(() => existsSync(join(userData, "telemetry", "session.json")), { timeout: 30_000 }).toBe(true);
  const gone = first.app.waitForEvent("close");
  first.app.process().kill("SIGKILL");
  await gone;
  expect(server.requests).toEqual([]);
  await launchApp(options);
  await settled(() => states(server).length === 2);
  expect(states(server).map(({ status }) => status)).toEqual(["abnormal", "running"]);
  expect(server.faults).toEqual([]);
});
