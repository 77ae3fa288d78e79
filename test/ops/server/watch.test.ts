import { spawn } from "node:child_process";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { auditDecisions } from "../../../src-ops/server/index.ts";
import { feedBundlesFolder } from "../../../src-ops/keys/index.ts";
import { publishHaltOnce } from "../../../src-ops/server/decisions/publish-halt.ts";
import { enrolmentsIn, genuineTokens } from "../../../src-ops/server/decisions/known-artefacts.ts";
import type { RegisterEntry } from "../../../src-ops/register/index.ts";
import { BuildId, type Halts } from "../../../src-shared/updates/index.ts";
import { createPilot, writeEnrolmentAnchor } from "../../fakes/pilot.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { writeChecklist } from "../../fakes/promotion-evidence-files.ts";
import { HOUR_MS } from "../gates/facts.ts";
import { NOW, openFeedFixture, run } from "../feed/support/feed-fixture.ts";
import { serve, tufReader } from "../feed/support/tuf-reader.ts";
import { CRASH, crashOf, goodDays, MACHINES, openWatched, START, status } from "./watched-ring.ts";
import { storeEvents } from "./store-events.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe("the watch over the rings", () => {
  it("logs the start of a build in a ring and each change of the verdict, and nothing twice", async () => {
    const { build, store, evaluate, log } = await openWatched();
    await evaluate(0);
    await evaluate(0.1);
    expect((await log()).map(({ kind }) => kind)).toEqual(["watch", "verdict", "signed"]);
    await storeEvents(store, goodDays());
    const [assessment] = await evaluate(48.1);
    expect(assessment).toMatchObject({ ring: "ring0", build, verdict: "pass", operations: 5_680, failed: 0 });
    expect((await log()).at(-1)).toMatchObject({ kind: "verdict", verdict: "pass", notGreen: [] });
    // A verdict that passes is logged, but promotes nothing: that requires the ring's keys.
    expect((await log()).map(({ kind }) => kind)).toEqual(["watch", "verdict", "signed", "verdict"]);
  });

  it("halts a crashing release once, with its reason, and starts the observation again after a resume", async () => {
    const { publisher, build, store, evaluate, log } = await openWatched();
    await storeEvents(store, [crashOf(MACHINES[0] as string, 1)]);
    // This evaluation already shows the halt, not only the next one minutes later.
    expect(await evaluate(1.1)).toMatchObject([{ isHalted: true }]);
    await evaluate(1.2);
    expect((await status(publisher)).rings["ring0"]?.halt).toMatchObject({
      build,
      reason: "Arrêt automatique : l’application s’est arrêtée brutalement. / Automatic halt: the app crashed.",
    });
    expect((await log()).filter(({ kind }) => kind === "halt")).toMatchObject([{ reason: "crashes: 1 against 0" }]);
    await publisher.feedAt(NOW + 2 * 3_600, "resume", "--ring", "ring0", "--reason", "A test machine");
    const [again] = await evaluate(2.1);
    expect(again).toMatchObject({ halt: false, verdict: "inconclusive", since: START + 2 * HOUR_MS });
    await storeEvents(store, [crashOf(MACHINES[1] as string, 3)]);
    await evaluate(3.1);
    expect((await log()).filter(({ kind }) => kind === "halt")).toHaveLength(2);
  });

  it("publishes no halt that another server has published, but publishes it again after a resume", async () => {
    const { publisher, build } = await openWatched();
    const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
    const halting = { ring: "ring0", build: v.parse(BuildId, build), reason: "Automatic halt." } as const;
    const halt = (hours: number) => publishHaltOnce(feed, halting, START + hours * HOUR_MS);
    expect([await halt(1), await halt(1)]).toEqual([
      { halted: ["ring0"], failed: [] },
      { halted: [], failed: [] },
    ]);
    expect((await status(publisher)).rings["ring0"]?.halt).toMatchObject({ build, seq: 1 });
    await publisher.feedAt(NOW + 2 * 3_600, "resume", "--ring", "ring0", "--reason", "A test machine");
    expect(await halt(3)).toEqual({ halted: ["ring0"], failed: [] });
    expect((await status(publisher)).rings["ring0"]?.halt).toMatchObject({ build, seq: 2 });
  });

  it("continues the exposure if a flag changes, and starts it again for another build", async () => {
    const { publisher, evaluate } = await openWatched();
    await evaluate(0);
    await publisher.feedAt(NOW + 3_600, "flags", "--ring", "ring0", "--on", "chapters", "--reason", "Try it");
    expect((await evaluate(1.1))[0]?.since).toBe(START);
    const fixed = await publisher.build("0.2.1");
    await publisher.feedAt(NOW + 7_200, "release", "--ring", "ring0", "--build", fixed);
    expect((await evaluate(2.1))[0]).toMatchObject({ build: fixed, since: START + 2 * HOUR_MS, operations: 0 });
  });

  it("logs once that a halt could not be published, and tries again", async () => {
    const { publisher, store, evaluate, log } = await openWatched();
    await storeEvents(store, [crashOf(MACHINES[0] as string, 1)]);
    const [bundles, away] = [feedBundlesFolder(publisher.keys), publisher.path("away")];
    renameSync(bundles, away);
    expect(await evaluate(1.1)).toMatchObject([{ isHalted: false }]);
    await evaluate(1.2);
    expect((await log()).filter(({ kind }) => kind === "halt-failed")).toMatchObject([{ code: "NOT_SIGNED" }]);
    expect((await status(publisher)).rings["ring0"]?.halt).toBeUndefined();
    // No draft is left that somebody could sign much later.
    expect(await publisher.feed("status")).toMatchObject({ pending: [] });
    renameSync(away, bundles);
    await evaluate(1.3);
    expect((await log()).at(-1)).toMatchObject({ kind: "halt" });
    expect((await status(publisher)).rings["ring0"]?.halt).toBeDefined();
  });

  it("is available at the command line, with a verdict that allows a promotion", async () => {
    const { publisher, build, store, where, policyHash } = await openWatched();
    await storeEvents(store, goodDays());
    const later = NOW + 48 * 3_600 + 600;
    const file = publisher.path("verdict.json");
    const output = await run(["ring", "status", "--ring", "ring0", "--verdict", file, ...where], later);
    expect(output).toMatchObject({ ok: true, rings: [{ ring: "ring0", build, verdict: "pass" }], policyHash });
    const checklist = ["--checklist", writeChecklist(publisher.folder, "ring1", build, file)];
    const override = ["--override", "window", "--reason", "Whatever day it is"];
    await publisher.feedAt(
      later,
      "promote",
      "--ring",
      "ring1",
      "--build",
      build,
      "--verdict",
      file,
      ...checklist,
      ...override,
    );
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ v: 1, policyHash, gates: expect.any(Array) });
    const early = await run(["ring", "status", "--ring", "ring0", "--verdict", file, ...where], NOW + 3_600);
    expect(early).toMatchObject({ rings: [{ verdict: "inconclusive" }] });
    const next = await publisher.build("0.3.0");
    expect(await publisher.refused("promote", "--ring", "ring1", "--build", next, "--verdict", file)).toBe(
      "VERDICT_INVALID",
    );
  });
});

describe("the decision log", () => {
  async function logged() {
    const watched = await openWatched();
    await watched.evaluate(0);
    await storeEvents(watched.store, [crashOf(MACHINES[0] as string, 1)]);
    await watched.evaluate(1.1);
    const audit = (...rest: string[]) => run(["ring", "audit", "--data", watched.data, ...rest]);
    return { ...watched, audit };
  }

  it("is verified from its beginning", async () => {
    const { audit, store } = await logged();
    const { head, decisions } = await audit();
    expect([decisions, head]).toEqual([5, (await auditDecisions(store.decisions)).head]);
    expect(await audit("--head", String(head))).toMatchObject({ ok: true });
  });

  it.each([
    ["a changed line", "UPDATE decisions SET line = replace(line, 'inconclusive', 'pass') WHERE n = 1"],
    ["a removed line", "DELETE FROM decisions WHERE n = 1"],
    ["an inserted line", "INSERT INTO decisions SELECT 9, line FROM decisions WHERE n = 2"],
    ["a removed first line", "DELETE FROM decisions WHERE n = 0"],
  ])("detects %s", async (_, sql) => {
    const { audit, store } = await logged();
    store.database.exec(sql);
    expect(await audit()).toMatchObject({ ok: false, error: { code: "AUDIT_FAILED" } });
  });

  it("detects a truncated end with a head that was kept elsewhere", async () => {
    const { audit, store } = await logged();
    const { head } = await audit();
    store.database.exec("DELETE FROM decisions WHERE n = 4");
    expect(await audit()).toMatchObject({ ok: true });
    expect(await audit("--head", String(head))).toMatchObject({ ok: false, error: { code: "AUDIT_FAILED" } });
  });
});

describe("the register's licenses", () => {
  const license = (lid: string, more: object) =>
    ({ kind: "license", lid, seq: 1, ring: "ring1", exp: NOW + 100, ...more }) as unknown as RegisterEntry;
  const revoked = {
    kind: "revocation",
    seq: 1,
    licenses: ["b"],
    keys: [],
    kid: "r",
    sha256: "",
  } as unknown as RegisterEntry;
  const entries = [
    license("a", { token: "a1", enrolment: { pid: "pa", exp: NOW + 100, kid: "e" } }),
    license("a", { token: "a2", enrolment: { pid: "pa", exp: NOW + 100, kid: "e" } }),
    license("b", { token: "b1", enrolment: { pid: "pb", exp: NOW + 100, kid: "e" } }),
    license("c", { token: "c1", exp: NOW, enrolment: { pid: "pc", exp: NOW, kid: "e" } }),
    license("d", {}),
    revoked,
  ];

  it("are genuine only as the newest file of a license that is neither revoked nor expired", () => {
    expect([...genuineTokens({ entries }, NOW)]).toEqual(["a2"]);
  });

  it("give a ring the computers whose enrolment is valid", () => {
    expect(enrolmentsIn({ entries }, NOW)).toEqual({ current: new Map([["pa", "ring1"]]), ended: ["pb", "pc"] });
  });
});

describe("the ring server", () => {
  it("halts a bad release, and an independent client of the feed sees it in under two minutes", async () => {
    const publisher = await openFeedFixture();
    const build = await publisher.build("0.2.0");
    await publisher.feed("release", "--ring", "ring0", "--build", build);
    const [data, trust] = [temporaryFolder(), temporaryFolder()];
    writeEnrolmentAnchor(trust);
    const reader = tufReader((await serve(publisher.repo)).url, join(publisher.trust, "feed-root.json"));
    const options = [
      "--port",
      "0",
      "--data",
      data,
      "--trust",
      trust,
      "--repo",
      publisher.repo,
      "--keys",
      publisher.keys,
    ];
    const server = spawn(
      process.execPath,
      [join(import.meta.dirname, "../../../src-ops/cli/ring-server.ts"), ...options],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    onTestFinished(() => void server.kill("SIGKILL"));
    const [url] = await firstLineOf(server.stdout);
    const pilot = createPilot("crasher", Date.now());
    expect((await pilot.send(String(url), [pilot.stateEvent(1_000, CRASH)], 1_000)).status).toBe(200);
    const from = performance.now();
    const halt = () => reader.json<Halts>("halts/ring0/halt.json");
    while ((await halt()) === undefined && performance.now() - from < 120_000) await wait(500);
    const seconds = (performance.now() - from) / 1_000;
    expect(await halt()).toMatchObject({ halts: [{ build, reason: expect.stringContaining("crashed") }] });
    process.stdout.write(
      `from the arrival of the crash until an independent client reads the halt: ${seconds.toFixed(1)} s\n`,
    );
    expect(seconds).toBeLessThan(120);
  });
});

describe("the ring server's command line", () => {
  async function started(...options: string[]) {
    const args = [
      join(import.meta.dirname, "../../../src-ops/cli/ring-server.ts"),
      "--data",
      temporaryFolder(),
      ...options,
    ];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    let output = "";
    child.stderr.on("data", (part: Buffer) => (output += part.toString()));
    const code = new Promise<number | null>((resolve) => child.once("close", resolve));
    return { child, code, output: () => output, url: (await firstLineOf(child.stdout))[0] };
  }

  it("prints its address, and accepts no enrolment without a known publisher", async () => {
    const { url, child, code } = await started("--port", "0");
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const pilot = createPilot("unknown", Date.now());
    expect((await pilot.send(String(url), [pilot.stateEvent(1)], 1)).status).toBe(401);
    child.kill("SIGTERM");
    expect(await code).toBe(0);
  });

  it.each([
    [["--port", "99999"], 2],
    [["--port", "0", "--feed-url", "ftp://feed.example.org"], 2],
    [["--port", "0", "--ingest-url", "http://ingest.example.org"], 2],
    [["--port", "0", "--trust", "/nowhere"], 1],
    [["--port", "0", "--policy", "package.json"], 1],
    [["--port", "0", "--alerts", "package.json"], 1],
    [["--port", "0", "--metrics-token", "/dev/null"], 1],
  ])("refuses %j with a message and without a stack trace", async (options, exit) => {
    const { code, url, output } = await started(...options);
    expect([url, await code]).toEqual([undefined, exit]);
    expect(output()).not.toMatch(/^\s+at |node:internal/m);
    expect(output().trim().split("\n").at(-1)).toMatch(/^[^{].{10,}/);
  });
});

async function firstLineOf(stream: NodeJS.ReadableStream): Promise<string[]> {
  for await (const line of createInterface({ input: stream })) return [line];
  return [];
}
