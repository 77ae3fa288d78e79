import { randomBytes } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";

/** A running system, as far as it can tell itself apart from others. `null`: this system does not know. */
const Host = v.object({
  name: v.string(),
  /** Stays the same when the system starts again; cloned systems have the same. */
  machine: v.nullable(v.string()),
  /** New at each start. Containers on one system share it. */
  boot: v.nullable(v.string()),
  /** Process numbers mean something only inside their namespace. */
  namespace: v.nullable(v.string()),
});
export type Host = v.InferOutput<typeof Host>;

/** The process that holds a lock. */
const LockOwner = v.object({
  host: Host,
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** When the process started, in the kernel's own units: a number that is used again starts at another time. */
  started: v.nullable(v.string()),
  /** No two locks have the same content. */
  nonce: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
});
export type LockOwner = v.InferOutput<typeof LockOwner>;

/** `elsewhere`: whether the process still runs cannot be told from here. */
export type LockState = "held" | "elsewhere" | "dead";

// The first PID namespace of a Linux system has this fixed number (PROC_PID_INIT_INO); a container never has it.
const FIRST_NAMESPACE = "pid:[4026531836]";

export async function thisHost(): Promise<Host> {
  return {
    name: hostname(),
    machine: await textOf("/etc/machine-id"),
    boot: await textOf("/proc/sys/kernel/random/boot_id"),
    namespace: await readlink("/proc/self/ns/pid").catch(expectNone),
  };
}

export async function thisOwner(host: Host): Promise<LockOwner> {
  return { host, pid: process.pid, started: await startOf(process.pid), nonce: randomBytes(8).toString("hex") };
}

/** Reads the content of a lock file. `undefined`: it names no process, for example because it is not complete yet. */
export function parseLockOwner(content: string): LockOwner | undefined {
  const json = parseStrictJson(Buffer.from(content));
  const owner = v.safeParse(LockOwner, json.ok ? json.value : undefined);
  return owner.success ? owner.output : undefined;
}

/** What is known about the owner of a lock, seen from `here`. */
export async function stateOf(owner: LockOwner | undefined, here: Host): Promise<LockState> {
  if (!owner) return "elsewhere";
  const { host, pid, started } = owner;
  if (hasRestarted(host, here)) return "dead";
  const isSameSystem =
    host.name === here.name &&
    host.machine === here.machine &&
    host.boot === here.boot &&
    host.namespace === here.namespace;
  if (!isSameSystem) return "elsewhere";
  if (!isRunning(pid)) return "dead";
  return started !== null && (await startOf(pid)) !== started ? "dead" : "held";
}

// The same system outside of any container, started again: all its processes have ended.
function hasRestarted(host: Host, here: Host): boolean {
  const isKnown = host.machine !== null && host.boot !== null && here.boot !== null;
  const isSystem = host.namespace === FIRST_NAMESPACE && here.namespace === FIRST_NAMESPACE;
  return isKnown && isSystem && host.machine === here.machine && host.name === here.name && host.boot !== here.boot;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // ESRCH: no such process. EPERM: the process exists, but belongs to another user.
    return codeOf(error) === "EPERM";
  }
}

// Field 22 of /proc/<pid>/stat. The name of the program, field 2, may contain spaces and parentheses.
async function startOf(pid: number): Promise<string | null> {
  const stat = await textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

async function textOf(path: string): Promise<string | null> {
  const text = await readFile(path, "utf8").catch(expectNone);
  return text?.trim() || null;
}

// Only Linux has these files, and a container may lack some of them.
function expectNone(error: unknown): null {
  if (codeOf(error) === "") throw error;
  return null;
}
