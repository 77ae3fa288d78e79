import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { watchRings } from "../../../src-ops/cli/watch-rings.ts";
import {
  clientProbes,
  createErrorReporter,
  createServerHealth,
  startRingServer,
} from "../../../src-ops/server/index.ts";
import { startWatchLoop } from "../../../src-ops/server/decisions/watch-loop.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { ok } from "../../../src-shared/result.ts";
import { createPilot, enrolmentIssuer, writeEnrolmentAnchor } from "../../fakes/pilot.ts";
import { startRingServerProcess } from "../../fakes/ring-server-process.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { METRICS_TOKEN, openMetricsFixture } from "./metrics-fixture.ts";
import { until } from "./server-pair.ts";

const SECRETS = ["tok_5f2c9d", "/mnt/zoe/films", "Zoé Lefèvre", "ring.example.org"];
const MESSAGE = `cannot read ${SECRETS.join(" of ")}\n    at ${SECRETS[0]} (/mnt/zoe/films/zoe.ts:1:2)`;

/** What a bug throws: its message holds a token, a path, a person and a host. */
function bug(): TypeError {
  return new TypeError(MESSAGE);
}

function openReporter() {
  const health = createServerHealth(0, { isWatching: true });
  const lines: string[] = [];
  const note = (event: string, fields: object = {}) => void lines.push(JSON.stringify({ event, ...fields }));
  const counted = (source: string) => {
    const samples = health.families().find(({ name }) => name.endsWith("unexpected_errors_total"))?.samples;
    return samples?.find(({ labels }) => labels["source"] === source)?.value;
  };
  return { health, lines, note, counted, report: createErrorReporter(note, health.unexpected) };
}

function expectNoSecret(text: string): void {
  for (const secret of [...SECRETS, "zoe", process.cwd()]) expect(text).not.toContain(secret);
}

const ofBug = (source: string) =>
  expect.stringMatching(
    new RegExp(
      `"event":"server.unexpected","source":"${source}","kind":"type","code":"","frames":"bug:unexpected-errs`,
    ),
  );

describe("an unexpected error", () => {
  it("is logged as one line with functions, files and lines but without its message, and is counted", () => {
    const { lines, counted, report } = openReporter();
    expect(counted("watch")).toBe(0);
    report("watch", bug());
    expect(lines).toEqual([ofBug("watch")]);
    expect(lines[0]).toMatch(/bug:unexpected-errs\.test\.ts:\d+:\d+/);
    expectNoSecret(lines.join());
    expect([counted("watch"), counted("http")]).toEqual([1, 0]);
  });

  it("is reported only by the first code that catches it", () => {
    const { lines, counted, report } = openReporter();
    const error = bug();
    report("alerts", error);
    report("watch", error);
    report("watch", bug());
    expect([lines.length, counted("alerts"), counted("watch")]).toEqual([2, 1, 1]);
  });

  it("may be any thrown value", () => {
    const { lines, report } = openReporter();
    for (const thrown of [SECRETS[0], undefined, null, 7, { message: MESSAGE }]) report("http", thrown);
    expect(lines).toHaveLength(5);
    expectNoSecret(lines.join());
  });
});

describe("a server with a bug", () => {
  async function start(spoil: (store: ReturnType<typeof openSqliteStore>) => object = () => ({})) {
    const reporter = openReporter();
    const store = openSqliteStore(join(temporaryFolder(), "ring.sqlite"));
    const server = await startRingServer({
      store: Object.assign(Object.create(store) as typeof store, spoil(store)),
      roots: [enrolmentIssuer.root],
      host: "127.0.0.1",
      port: 0,
      now: Date.now,
      note: reporter.note,
      report: reporter.report,
      health: reporter.health,
      ticketToken: () => undefined,
      alsoServe: [
        async (app) => {
          app.get("/rejects", async () => {
            await Promise.resolve();
            throw bug();
          });
          app.get("/throws", () => {
            throw bug();
          });
        },
      ],
    });
    onTestFinished(server.stop);
    return { ...reporter, url: server.url };
  }

  it.each(["/rejects", "/throws"])("in a handler (%s) answers 500 without details, and continues", async (path) => {
    const { url, lines, counted } = await start();
    const answer = await fetch(url + path);
    expect([answer.status, await answer.text()]).toEqual([500, '{"code":"INTERNAL"}']);
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(lines).toEqual([ofBug("http")]);
    expectNoSecret(lines.join());
    expect(counted("http")).toBe(1);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it("in storing a batch asks the computer to send it again", async () => {
    let isBroken = true;
    const { url, lines, counted } = await start((store) => ({
      takeAll(...given: Parameters<typeof store.takeAll>) {
        if (isBroken) throw bug();
        return store.takeAll(...given);
      },
    }));
    const pilot = createPilot("one", Date.now() - 60_000);
    const refused = await pilot.send(url, [pilot.stateEvent(1)], 1);
    expect([refused.status, await refused.json()]).toEqual([503, { code: "STORAGE" }]);
    expect(lines).toEqual([ofBug("ingest"), '{"event":"events.not-kept","code":"STORAGE"}']);
    expectNoSecret(lines.join());
    expect(counted("ingest")).toBe(1);
    isBroken = false;
    expect((await pilot.send(url, [pilot.stateEvent(1)], 1)).status).toBe(200);
  });

  it("in an evaluation reports it, and evaluates again", async () => {
    const { lines, counted, note, report } = openReporter();
    let evaluations = 0;
    const evaluate = async () => {
      evaluations++;
      if (evaluations === 1) throw bug();
      return ok([]);
    };
    const loop = startWatchLoop({ evaluate, everyMs: 10, soonMs: 10, note, report: (error) => report("watch", error) });
    await until("it has evaluated again", async () => evaluations > 1);
    await loop.stop();
    expect(lines).toEqual([ofBug("watch")]);
    expect(counted("watch")).toBe(1);
  });

  it.each([
    ["probe", "ok"],
    ["alerts", "failed"],
  ] as const)("in %s reports it once, and still evaluates the rings", async (source, outcome) => {
    const { ports, store } = await openMetricsFixture();
    const { health, lines, note, report, counted } = openReporter();
    // The watch stores incidents only after the evaluation, to alert people.
    const bugs = {
      probe: { recordProbe: () => Promise.reject(bug()) },
      alerts: { incidents: { ...store.incidents, upsert: () => Promise.reject(bug()) } },
    };
    const broken = Object.defineProperties(
      Object.create(store) as typeof store,
      Object.getOwnPropertyDescriptors(bugs[source]),
    );
    const probes = clientProbes(ports.feed, { ingestUrl: "http://127.0.0.1:9", feedUrl: undefined });
    const watching = {
      ...ports,
      store: broken,
      health,
      note,
      report,
      runbooks: "",
      configuration: { alerts: () => undefined, alertsPath: undefined, refused: () => [] },
      everyS: 3_600,
      probes,
    };
    const loop = watchRings(watching);
    await until("it has evaluated", async () => counted(source) === 1 && evaluationsOf(health, outcome) === 1);
    await loop.stop();
    expect(lines).toEqual([ofBug(source)]);
    expect(counted("watch")).toBe(0);
  });
});

function evaluationsOf(health: ReturnType<typeof createServerHealth>, outcome: "ok" | "failed"): number | undefined {
  const evaluations = health.families().find(({ name }) => name.endsWith("watch_looks_total"))?.samples;
  return evaluations?.find(({ labels }) => labels["result"] === outcome)?.value;
}

describe("the process of a server", () => {
  const PLANTED = `
    const bug = () => new RangeError(${JSON.stringify(MESSAGE)});
    process.on("SIGUSR2", () => { throw bug(); });
    process.on("SIGWINCH", () => void Promise.reject(bug()));
  `;

  it("continues after an unhandled rejection, and exits with code 70 after an uncaught exception", async () => {
    const folder = temporaryFolder();
    const [planted, token, trust] = ["planted.cjs", "token", "trust"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(planted, PLANTED);
    writeFileSync(token, METRICS_TOKEN);
    mkdirSync(trust);
    writeEnrolmentAnchor(trust);
    const args = ["--data", join(folder, "data"), "--trust", trust, "--metrics-token", token];
    const server = await startRingServerProcess(args, { NODE_OPTIONS: `--require=${planted}` });
    onTestFinished(server.kill);
    const lines = () =>
      server
        .stderr()
        .split("\n")
        .filter((line) => line.includes("server.unexpected"));
    process.kill(Number(server.pid), "SIGWINCH");
    await until("the rejection is reported", async () => lines().length === 1);
    const metrics = await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } });
    expect(await metrics.text()).toContain('unexpected_errors_total{source="rejection"} 1\n');
    process.kill(Number(server.pid), "SIGUSR2");
    expect(await Promise.race([server.ended, wait(30_000)])).toBe(70);
    expect(lines().map((line) => JSON.parse(line) as object)).toMatchObject([
      {
        event: "server.unexpected",
        source: "rejection",
        kind: "range",
        frames: expect.stringContaining("bug:planted.cjs"),
      },
      {
        event: "server.unexpected",
        source: "uncaught",
        kind: "range",
        frames: expect.stringContaining("bug:planted.cjs"),
      },
    ]);
    for (const secret of SECRETS) expect(server.stderr()).not.toContain(secret);
  });
});
