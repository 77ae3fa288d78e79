import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  FOREIGN_VARIABLES,
  loadSandbox,
  lastTuesday,
  makeSandbox,
  type Sandbox,
  sandboxEnvironment,
} from "../../build/rehearsal/sandbox.ts";
import { type SandboxServer, startSandboxServer } from "../../build/rehearsal/sandbox-server.ts";
import { createSession } from "../../build/rehearsal/session.ts";
import { createHost } from "../../src-ops/cli/host.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { PROJECT } from "../ops/support/vaultctl.ts";

// The sandbox of `npm run rehearse`, in which a person plays sections 3a and 5a of docs/rings/ring-rollback-procedures.md.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PAGE = readFileSync(join(PROJECT, "docs", "rings", "ring-rollback-procedures.md"), "utf8");
const commandsOf = (title: string) => {
  const section = PAGE.split(/^## /m).find((one) => one.startsWith(title)) ?? "";
  return [...section.matchAll(/^\$ vaultctl .+$/gm)].map(([line]) => line);
};

let folder: string;
let sandbox: Sandbox;
let server: SandboxServer;
let session: ReturnType<typeof createSession>;
let printed = "";

/** Types lines, and answers every question with yes; returns what was printed. */
async function type(...lines: string[]): Promise<string> {
  printed = "";
  for (const line of lines) expect(await session.execute(line)).toBe(true);
  return printed;
}
const open = (opened: Sandbox) => {
  sandbox = opened;
  const stream = { isTTY: false, write: (text: string) => ((printed += text), true) };
  const process = { stdout: stream, stderr: stream, exitCode: 0, once: () => process, off: () => process };
  const host = createHost(process as unknown as NodeJS.Process, () => performance.now());
  session = createSession(sandbox, server, { ...host, ask: async () => true }, (line) => (printed += `${line}\n`));
};
const rings = async () => {
  const { rings: now } = await sandbox.run<{
    rings: Record<string, { release: { build: string; kind: string; basisPoints: number }; halt?: { reason: string } }>;
  }>("feed", "status");
  return now;
};

beforeAll(async () => {
  folder = temporaryFolder(afterAll);
  for (const [name, value] of Object.entries(sandboxEnvironment(folder))) vi.stubEnv(name, value);
  for (const name of FOREIGN_VARIABLES) vi.stubEnv(name, undefined);
  const made = await makeSandbox(folder, lastTuesday(Date.now()));
  server = await startSandboxServer(made);
  open(made);
});
afterAll(async () => {
  await server.stop();
  vi.unstubAllEnvs();
});

it("begins with a build that everybody had, and one that everybody has", async () => {
  const { GOOD, BAD } = sandbox.names;
  expect(GOOD).toMatch(/^0\.9\.0-/);
  for (const { release } of Object.values(await rings()))
    expect(release).toMatchObject({ build: BAD, basisPoints: 10_000 });
  expect(await type("names")).toContain(`BAD             ${BAD}`);
});

it("takes a halt and a rollback as the page prints them, with people in different places", async () => {
  const text = await type(...commandsOf("3a."));
  expect(text).toContain("ga needs 1 more signature, from person-2 or person-3.");
  expect(text).toContain("Published: rollback of ga to 0.9.0-");
  const { ga } = await rings();
  expect(ga).toMatchObject({ release: { build: sandbox.names["GOOD"], kind: "rollback" }, halt: {} });
});

it("takes a resume, and its signature by another person", async () => {
  const resume = commandsOf("5a.").find((line) => line.includes("feed resume")) ?? "";
  const [sign = "", bring = ""] = commandsOf("3a.").slice(2);
  expect(await type(resume, sign, bring)).toContain("Published: ga resumes 1.0.0-");
  expect((await rings())["ga"]).toMatchObject({ release: { build: sandbox.names["BAD"], kind: "resume" } });
});

it("turns the clock while computers report, halts a bad build by itself, and goes on where it was left", async () => {
  const before = sandbox.now();
  expect(await type("fleet ring1 bad", "time 12h")).toContain("It is ");
  expect(sandbox.now() - before).toBe(12 * 3_600_000);
  expect((await rings())["ring1"]?.halt?.reason).toContain("Automatic halt");
  expect(await type("vaultctl ring log --data DATA")).toMatch(/The server halted 1\.0\.0-\w+ in ring1/);
  await server.stop();
  const loaded = await loadSandbox(folder);
  server = await startSandboxServer(loaded);
  open(loaded);
  expect(sandbox.now() - before).toBe(12 * 3_600_000);
  // Beyond two days: the feed is refreshed every day, as by a publisher.
  expect(await type("fleet ring1 good", "time 3d")).toContain("It is ");
  expect(await type("vaultctl feed verify --repo REPO --trust TRUST")).not.toContain("EXPIRED");
});

it("goes on after a refusal, changes nothing outside, and ends with quit", async () => {
  expect(await type("vaultctl feed rollback --ring ga --to 9.9.9-000000000000")).toMatch(/[A-Z]+_[A-Z]+: /);
  expect(await type("time next week")).toContain("time 48h");
  expect(await type(`cp REPORT ${join(folder, "..", "escaped.html")}`)).toContain("Only folders of the sandbox");
  expect(existsSync(join(folder, "..", "escaped.html"))).toBe(false);
  expect(await type("mkdir -p ../elsewhere")).toContain("Only folders of the sandbox");
  expect(await type("rm -rf REPO")).toContain("help, quit");
  expect(existsSync(join(folder, "feed", "metadata"))).toBe(true);
  expect(await session.execute("quit")).toBe(false);
});

it("explains a wrong option instead of beginning", () => {
  const main = join(PROJECT, "build", "rehearsal", "rehearse.ts");
  const { status, stderr } = spawnSync(process.execPath, [main, "--rest"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([2, "Usage: npm run rehearse [-- --reset]\n"]);
});
