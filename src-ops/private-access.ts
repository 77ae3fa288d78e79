import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, win32 } from "node:path";
import { codeOf, removeFile } from "../src-shared/node/atomic-files.ts";
import { runProgram } from "../src-shared/node/run-program.ts";
import type { Milliseconds } from "../src-shared/units.ts";

// Windows ignores the mode of a file. What belongs to its owner alone gets an access list there: the user, and those who may
// read everything anyway, as OpenSSH has it for private keys.

const OWNER_FOLDER_MODE = 0o700;
const PROGRAM_TIMEOUT: Milliseconds = 15_000;
// By their numbers: their names are translated.
const SYSTEM = "S-1-5-18";
const ADMINISTRATORS = "S-1-5-32-544";

/** The system that restricts access; the tests pass a Windows of their own. */
export type AccessSystem = {
  readonly platform: NodeJS.Platform;
  /** The output of a program of Windows; `undefined` if it failed. */
  readonly run: (program: string, args: readonly string[]) => Promise<string | undefined>;
};

const HERE: AccessSystem = {
  platform: process.platform,
  run: (program, args) => runProgram(program, args, PROGRAM_TIMEOUT),
};

/**
 * Makes a folder that only its owner may read, with everything that is made in it later. One that exists is left as it is.
 *
 * @param required throws `NOT_PRIVATE` if the disk cannot keep others out, instead of going on. On other systems than Windows
 *   the mode is all that can be done.
 */
export async function makePrivateFolder(path: string, required: boolean, system = HERE): Promise<void> {
  const isNew = (await mkdir(path, { recursive: true, mode: OWNER_FOLDER_MODE })) !== undefined;
  if (!isNew || (await restrictToOwner(path, "(OI)(CI)", system)) || !required) return;
  throw Object.assign(new Error(`NOT_PRIVATE: ${path}`), { code: "NOT_PRIVATE", path });
}

/** Keeps other users from a file of one's own on Windows, before a secret is written into it. Returns whether that worked. */
export function restrictFile(path: string, system = HERE): Promise<boolean> {
  return restrictToOwner(path, "", system);
}

async function restrictToOwner(path: string, inherited: "" | "(OI)(CI)", system: AccessSystem): Promise<boolean> {
  if (system.platform !== "win32") return true;
  const user = await currentUser(system);
  if (user === undefined) return false;
  const grants = [user, SYSTEM, ADMINISTRATORS].map((sid) => `*${sid}:${inherited}F`);
  // `/inheritance:r` keeps what was granted explicitly: a reset removes that first.
  await system.run(inSystem("icacls.exe"), [path, "/reset", "/q"]);
  await system.run(inSystem("icacls.exe"), [path, "/inheritance:r", "/grant:r", ...grants, "/q"]);
  // FAT and exFAT have no access lists: only what is there in the end counts.
  return (await mayOthersRead(path, system)) === false;
}

/**
 * Whether the access list of a file or folder on Windows names anybody but the user, the system and the administrators.
 * `undefined`: it cannot be read.
 */
export async function mayOthersRead(path: string, system = HERE): Promise<boolean | undefined> {
  const user = await currentUser(system);
  const list = await accessListOf(path, system);
  return user === undefined || list === undefined ? undefined : namesOthers(list, user);
}

/** The access list in the security descriptor definition language (SDDL), from the file that icacls saves. */
async function accessListOf(path: string, { run }: AccessSystem): Promise<string | undefined> {
  const saved = join(tmpdir(), `uvv-access-${randomBytes(6).toString("hex")}.txt`);
  try {
    if ((await run(inSystem("icacls.exe"), [path, "/save", saved, "/q"])) === undefined) return undefined;
    // The name, and on the next line its list.
    return /^D:.*$/m.exec((await readFile(saved)).toString("utf16le"))?.[0];
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return undefined;
  } finally {
    await removeFile(saved);
  }
}

/** `D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;S-1-5-21-…)`: each entry ends with whom it is for. */
function namesOthers(list: string, user: string): boolean {
  const entries = [...list.matchAll(/\(([^;()]*);[^()]*;([^;()]*)\)/g)];
  const own = new Set([user, SYSTEM, "SY", ADMINISTRATORS, "BA"]);
  // The built-in administrator of the computer has a short name of its own.
  if (user.endsWith("-500")) own.add("LA");
  // No entry at all may mean that everybody has access. A denial gives nobody anything.
  return entries.length === 0 || entries.some(([, kind, sid = ""]) => kind !== "D" && !own.has(sid));
}

/** The number of the user (SID); names may have letters that the console cannot show. */
async function currentUser({ run }: AccessSystem): Promise<string | undefined> {
  const text = await run(inSystem("whoami.exe"), ["/user", "/fo", "csv", "/nh"]);
  return text && /\b(S-1-[\d-]+)"?\s*$/.exec(text)?.[1];
}

// By their full paths: Windows searches the current folder for programs first.
function inSystem(program: string): string {
  return win32.join(process.env["SystemRoot"] ?? String.raw`C:\Windows`, "System32", program);
}
