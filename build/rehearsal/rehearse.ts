import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { createHost } from "../../src-ops/cli/host.ts";
import { printLine } from "../../src-ops/terminal.ts";
import { projectRoot } from "../electron-runtime.ts";
import { FOREIGN_VARIABLES, lastTuesday, loadSandbox, makeSandbox, sandboxEnvironment, STATE } from "./sandbox.ts";
import { startSandboxServer } from "./sandbox-server.ts";
import { createSession, HELP } from "./session.ts";

// `npm run rehearse`: a publisher, a ring server and a fleet in a folder of their own, in which the procedures of
// docs/rings are played by hand. `npm run rehearse -- --reset` begins again.
const FOLDER = join(projectRoot, ".local", "rehearsal");
const OWNER = join(FOLDER, "process.txt");
const say = (text: string) => printLine(process.stdout, text);

const args = process.argv.slice(2);
const owner = runningOwner();
if (args.some((arg) => arg !== "--reset")) end("Usage: npm run rehearse [-- --reset]", 2);
else if (owner !== undefined) end(`A rehearsal is running in ${FOLDER} (process ${owner}): end it there with quit.`, 1);
else await rehearse();

async function rehearse(): Promise<void> {
  Object.assign(process.env, sandboxEnvironment(FOLDER));
  for (const name of FOREIGN_VARIABLES) delete process.env[name];
  if (args.includes("--reset") || !existsSync(join(FOLDER, STATE))) removeFolder();
  const isNew = !existsSync(FOLDER);
  if (isNew) say("Making keys, a feed, a ring server and 19 computers. This takes a minute.");
  const sandbox = isNew ? await makeSandbox(FOLDER, lastTuesday(Date.now())) : await loadSandbox(FOLDER);
  writeFileSync(OWNER, String(process.pid));
  process.chdir(FOLDER);
  const server = await startSandboxServer(sandbox);
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: "rehearsal> " });
  const lines = terminal[Symbol.asyncIterator]();
  const ask = async (question: string) => {
    process.stdout.write(`${question} [y/N] `);
    const { value } = await lines.next();
    return /^y(?:es)?$/i.test((value ?? "").trim());
  };
  const host = { ...createHost(process, () => performance.now()), ask };
  const session = createSession(sandbox, server, host, say);
  try {
    await server.evaluate();
    introduce(sandbox.now(), server.url, server.account);
    for (;;) {
      if (process.stdin.isTTY) terminal.prompt();
      const { done, value } = await lines.next();
      if (done || !(await session.execute(value))) break;
    }
  } finally {
    terminal.close();
    await server.stop();
    rmSync(OWNER, { force: true });
    // What was refused in a rehearsal is no failure of the rehearsal.
    process.exitCode = 0;
  }
  say("Ended. `npm run rehearse` goes on here, `npm run rehearse -- --reset` begins again.");
}

function introduce(now: number, url: string, { name, password }: { readonly name: string; readonly password: string }) {
  say(`It is ${new Date(now).toISOString().slice(0, 16)}Z. Everybody had the build GOOD, and now has BAD.`);
  say(`The console: ${url}/console (name ${name}, password ${password})`);
  say("Copy commands from docs/rings, for example:");
  say('  vaultctl feed halt --repo REPO --keys KEYS --ring ga --reason "Crashes at start on some computers"');
  say("  vaultctl feed status");
  for (const line of HELP) say(`  ${line}`);
}

/** The process that uses the sandbox now. One that was killed does not. */
function runningOwner(): number | undefined {
  if (!existsSync(OWNER)) return undefined;
  const pid = Number(readFileSync(OWNER, "utf8"));
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

// Never what a link points to.
function removeFolder(): void {
  if (existsSync(FOLDER) && lstatSync(FOLDER).isSymbolicLink()) throw new Error(`${FOLDER} is a link: remove it.`);
  rmSync(FOLDER, { recursive: true, force: true });
}

function end(message: string, code: number): void {
  printLine(process.stderr, message);
  process.exitCode = code;
}
