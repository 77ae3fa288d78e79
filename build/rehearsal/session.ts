import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import type { Host } from "../../src-ops/cli/host.ts";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { HOUR } from "../../src-shared/units.ts";
import type { Sandbox } from "./sandbox.ts";
import type { SandboxServer } from "./sandbox-server.ts";

const HOUR_MS = HOUR * 1_000;
const SESSION_HOURS = 4;
const LONGEST_HOURS = 31 * 24;
const OPERATIONS = 30;

export const HELP = [
  "vaultctl ...        a command as it is in docs/rings; its names in capitals are known (see names)",
  "cp, mkdir -p        as in the pages, inside the sandbox",
  "names               what the names stand for",
  "time 48h            turns the clock: every computer plays films and reports every four hours (h, d)",
  "fleet ring1 bad     from now on a third of what the computers of ring1 do fails; good ends that",
  "help, quit",
];

type Release = { readonly build: string; readonly basisPoints: number };
type RingsNow = Record<
  Ring,
  { readonly release?: Release; readonly halts?: readonly unknown[]; readonly halt?: unknown }
>;

/** Executes what is typed, line by line. */
export function createSession(sandbox: Sandbox, server: SandboxServer, host: Host, print: (line: string) => void) {
  const { names, fleet } = sandbox;
  const failing = new Set<Ring>();
  const installed = new Map<number, string>();

  /** False after `quit`. A failure is told, and the rehearsal goes on. */
  async function execute(line: string): Promise<boolean> {
    const [program = "", ...args] = wordsOf(line.replace(/^\s*\$\s*/, "").trim(), names);
    if (program === "quit" || program === "exit") return false;
    try {
      await perform(program, args);
    } catch (error) {
      print(error instanceof Error ? error.message : String(error));
    }
    sandbox.save();
    return true;
  }

  async function perform(program: string, args: readonly string[]): Promise<void> {
    if (program === "vaultctl") await command(args);
    else if (program === "time") await turn(args[0] ?? "");
    else if (program === "fleet") setFleet(args[0] ?? "", args[1] ?? "");
    else if (program === "mkdir" || program === "cp") changeFiles(program, args);
    else if (program === "names")
      for (const [name, value] of Object.entries(names)) print(`${name.padEnd(15)} ${value}`);
    else if (program !== "") for (const one of HELP) print(one);
  }

  async function command(args: readonly string[]): Promise<void> {
    if (args[0] === "feed" && args[1] === "sign") copyFeed();
    await sandbox.type(args, host);
    if (args[0] === "feed") await learnNames(args[1] ?? "");
    await server.evaluate();
  }

  // A person's copy of the feed is never newer than the last time she asked for it.
  function copyFeed(): void {
    const to = names["COPY"] as string;
    rmSync(to, { recursive: true, force: true });
    cpSync(names["REPO"] as string, to, { recursive: true });
  }

  /** The names that a command before has given a meaning. */
  async function learnNames(done: string): Promise<void> {
    const status = await sandbox.run<{ pending: { id: string }[]; builds: { id: string }[] }>("feed", "status");
    const last = status.pending.at(-1)?.id;
    const repo = names["REPO"] as string;
    if (last !== undefined) names["PENDING"] = join(repo, "pending", `${last}.pending.json`);
    if (done === "sign" && last !== undefined)
      names["SIGNED"] = join(names["COPY"] as string, "pending", `${last}.pending.json`);
    if (done !== "add-build") return;
    const build = status.builds.at(-1)?.id;
    if (build === undefined) return;
    names["BUILD"] = build;
    if (build.startsWith("1.2.0-")) names["FIXED"] = build;
    names["RING1-EVIDENCE"] = join(repo, "evidence", `ring1-${build}`);
    names["GA-EVIDENCE"] = join(repo, "evidence", `ga-${build}`);
  }

  async function turn(text: string): Promise<void> {
    const [, count = "", unit = "h"] = /^\+?(\d{1,4})(h|d)?$/.exec(text) ?? [];
    const hours = Number(count) * (unit === "d" ? 24 : 1);
    if (count === "" || hours > LONGEST_HOURS) return print("Name hours or days, at most 31 days: time 48h");
    for (let left = hours; left > 0; left -= SESSION_HOURS) {
      sandbox.pass(Math.min(left, SESSION_HOURS) * HOUR_MS);
      // The daily work of a publisher: without it the feed expires.
      await sandbox.run("feed", "refresh");
      if (left >= SESSION_HOURS) await report();
      await server.evaluate();
    }
    print(`It is ${new Date(sandbox.now()).toISOString().slice(0, 16)}Z.`);
  }

  async function report(): Promise<void> {
    const { rings } = await sandbox.run<{ rings: RingsNow }>("feed", "status");
    for (const [index, computer] of fleet.entries()) {
      const { ring } = computer;
      const { release, halt } = rings[ring];
      const isInShare = release && (release.basisPoints >= 10_000 || fleet[index - 1]?.ring !== ring);
      // What is halted is installed by nobody any more; who has it keeps it.
      if (release && isInShare && (halt === undefined || !installed.has(index))) installed.set(index, release.build);
      const version = installed.get(index)?.split("-")[0];
      if (version === undefined) continue;
      const failed = failing.has(ring) ? OPERATIONS / 3 : 0;
      const session = { version, hours: SESSION_HOURS, operations: OPERATIONS, failed };
      await computer.reportSession(server.url, sandbox.now(), session);
    }
  }

  function setFleet(ring: string, how: string): void {
    const known = RINGS.find((one) => one === ring);
    if (!known || (how !== "good" && how !== "bad")) return print("Name a ring and good or bad: fleet ring1 bad");
    if (how === "bad") failing.add(known);
    else failing.delete(known);
    print(`The computers of ${known} work ${how === "bad" ? "badly" : "well"} from now on.`);
  }

  function changeFiles(program: "mkdir" | "cp", args: readonly string[]): void {
    const paths = args.filter((word) => !word.startsWith("-"));
    const to = resolve(sandbox.folder, paths.at(-1) ?? "");
    if (!to.startsWith(`${sandbox.folder}${sep}`)) return print("Only folders of the sandbox are changed.");
    if (program === "mkdir") mkdirSync(to, { recursive: true });
    else if (paths.length === 2 && existsSync(paths[0] as string)) cpSync(paths[0] as string, to, { recursive: true });
    else print("cp takes one file that exists, and where to copy it.");
  }

  return { execute };
}

/** The words of a line; a name in capitals, also with a path after it, becomes what it stands for. */
function wordsOf(line: string, names: Readonly<Record<string, string>>): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = ""]) => {
    if (quoted !== undefined) return quoted;
    const [name = "", ...rest] = plain.split("/");
    return Object.hasOwn(names, name) ? [names[name], ...rest].join("/") : plain;
  });
}
