import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { expect, it, onTestFinished, vi } from "vitest";
import type { SessionState } from "../../src-shared/telemetry/index.ts";
import { startTelemetryServer, type TelemetryServer } from "../fakes/telemetry-server.ts";
import { launchApp, type RunningApp } from "./launch.ts";
import { issuePassphraseLicense, packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, playFirst, unlock } from "./viewer.ts";

vi.setConfig({ testTimeout: 180_000 });

const folder = suiteFolder();

/** Where a test finds the worker thread of the app. */
type WorkerHolder = { readonly worker?: Worker };

async function settled(check: () => boolean): Promise<void> {
  await expect.poll(check, { timeout: 40_000, interval: 50 }).toBe(true);
}

const states = ({ events }: TelemetryServer) =>
  [...events.values()].flatMap((event) => (event.kind === "session" ? [event.state] : []));
const crashesOf = ({ events }: TelemetryServer) =>
  [...events.values()].flatMap((event) =>
    event.kind === "crash" ? [`${event.crash.process} ${event.crash.reason}`] : [],
  );
const lastOf = (server: TelemetryServer, status: SessionState["status"]) =>
  states(server).findLast((state) => state.status === status);

/** Captures the media worker when the app sends it its first message. */
function captureWorker({ app }: RunningApp) {
  return app.evaluate(() => {
    const { Worker: Thread } = process.getBuiltinModule("node:worker_threads");
    const post = Reflect.get(Thread.prototype, "postMessage") as (...message: unknown[]) => void;
    Thread.prototype.postMessage = function (this: Worker, ...message: unknown[]) {
      Object.assign(globalThis, { worker: this });
      Reflect.apply(post, this, message);
    };
  });
}

function dumpsOf({ app }: RunningApp): Promise<string> {
  return app.evaluate((electron) => electron.app.getPath("crashDumps"));
}

function dumpsIn(where: string): string[] {
  const names = readdirSync(where, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith(".dmp"));
}

it("counts a crash of each kind of process; minidumps stay here, limited in number, and nothing sends them", async () => {
  const server = await startTelemetryServer();
  onTestFinished(() => server.stop());
  const published = packStick(folder(), ["lighthouse.mp4"]);
  const { text, passphrase } = issuePassphraseLicense(published);
  const userData = join(folder(), "profile");
  mkdirSync(userData);
  writeFileSync(join(userData, "settings.json"), JSON.stringify({ consent: "given" }));
  const options = { userData, trust: published.trust, vaults: [published.stick], args: ["--ingest", server.url] };

  // The worker and the GPU process; the page is tested in another suite.
  const first = await launchApp(options);
  await captureWorker(first);
  await first.page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(first.page, text);
  await unlock(first.page, passphrase);
  await playFirst(first.page);
  await first.app.evaluate(() => (globalThis as WorkerHolder).worker?.postMessage(null));
  await first.app.evaluate(({ app }) => {
    const gpu = app.getAppMetrics().find(({ type }) => type === "GPU");
    if (gpu) process.kill(gpu.pid, "SIGKILL");
  });
  await first.page.waitForTimeout(1_000);
  const dumps = await dumpsOf(first);
  await settled(() => states(server).length === 1);
  await first.close();
  const second = await launchApp(options);
  await settled(() => lastOf(server, "ended") !== undefined);
  expect(lastOf(server, "ended")?.crashes).toEqual({ main: 0, renderer: 0, gpu: 1, worker: 1 });
  expect(crashesOf(server)).toEqual(["worker crashed", "gpu killed"]);

  // The main process, by an error of its own.
  await settled(() => states(server).at(-1)?.status === "running");
  const before = dumpsIn(dumps).length;
  const gone = second.app.waitForEvent("close");
  await second.app.evaluate(() => void setTimeout(() => process.crash(), 50));
  await gone;
  expect(dumpsIn(dumps).length).toBeGreaterThan(before);
  const third = await launchApp(options);
  await settled(() => lastOf(server, "abnormal") !== undefined);
  expect(lastOf(server, "abnormal")?.crashes).toEqual({ main: 1, renderer: 0, gpu: 0, worker: 0 });
  await settled(() => crashesOf(server).at(-1) === "main crashed");

  // The main process, killed from outside: not a crash, but also not a regular end. There are more dumps than are kept.
  await settled(() => states(server).at(-1)?.status === "running");
  const known = states(server).length;
  for (let count = 0; count < 15; count++) {
    const old = join(dumps, `old-${count}.dmp`);
    writeFileSync(old, Buffer.alloc(1_000));
    utimesSync(old, 1_000_000 + count, 1_000_000 + count);
  }
  const killed = third.app.waitForEvent("close");
  third.app.process().kill("SIGKILL");
  await killed;
  await launchApp(options);
  await settled(() => states(server).length >= known + 2);
  expect(lastOf(server, "abnormal")?.crashes).toEqual({ main: 0, renderer: 0, gpu: 0, worker: 0 });
  expect(crashesOf(server)).toHaveLength(3);
  expect(dumpsIn(dumps)).toHaveLength(10);
  expect(dumpsIn(dumps)).not.toContain("old-0.dmp");

  expect(server.faults).toEqual([]);
  expect([...new Set(server.requests.map(({ path }) => path))].toSorted()).toEqual(["/v1/logs", "/v1/metrics"]);
  for (const { body } of server.requests) expect(body.includes("MDMP")).toBe(false);
});
