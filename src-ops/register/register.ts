import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { codeOf, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";

const Sha256 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const LicenseIssued = v.object({
  kind: v.literal("license"),
  lid: v.string(),
  seq: v.pipe(Count, v.minValue(1)),
  sub: v.string(),
  vaultId: v.string(),
  stickId: v.string(),
  mode: v.picklist(["device", "stick", "device-or-stick"]),
  ring: v.string(),
  exp: Count,
  minApp: v.string(),
  kid: v.string(),
  /** Of the issued file, byte for byte. */
  sha256: Sha256,
});
export type RegisterEntry = v.InferOutput<typeof LicenseIssued>;

const Line = v.object({ n: Count, prev: Sha256, at: Count, entry: LicenseIssued });
type Line = v.InferOutput<typeof Line>;

const REGISTER_FILE = "register.jsonl";
const START = toBase64url(new Uint8Array(32));

type Register = { readonly entries: readonly RegisterEntry[]; readonly head: string };

/**
 * Reads the publisher's register of everything issued. Each line holds the hash of the one before: a line that was
 * changed, taken out or cut short refuses the whole, because a `seq` must never be given twice.
 */
export async function readRegister(folder: string): Promise<Attempt<Register>> {
  const path = join(folder, REGISTER_FILE);
  const lines = (await textOf(path)).split("\n");
  // A whole register ends with a line feed.
  if (lines.pop() !== "") return refuse(path, lines.length + 1, "is incomplete");
  const entries: RegisterEntry[] = [];
  let head = START;
  for (const [index, text] of lines.entries()) {
    const line = parseLine(text);
    if (!line || line.n !== index || line.prev !== head) return refuse(path, index + 1, "does not fit the chain");
    entries.push(line.entry);
    head = hashOf(text);
  }
  return ok({ entries, head });
}

/** Adds one entry, durably, before the artefact that it names is handed out. Call it under the register's lock. */
export async function appendToRegister(
  folder: string,
  register: Register,
  at: number,
  entry: RegisterEntry,
): Promise<void> {
  const line: Line = { n: register.entries.length, prev: register.head, at, entry };
  const file = await open(join(folder, REGISTER_FILE), "a", 0o600);
  try {
    await file.appendFile(`${JSON.stringify(line)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(join(folder, REGISTER_FILE)));
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    throw error;
  }
}

function parseLine(text: string): Line | undefined {
  const json = parseStrictJson(utf8(text));
  const line = v.safeParse(Line, json.ok ? json.value : undefined);
  return line.success ? line.output : undefined;
}

function hashOf(text: string): string {
  return toBase64url(createHash("sha256").update(text).digest());
}

function refuse(path: string, line: number, what: string) {
  return fail(
    "REGISTER_BROKEN",
    `${path}, line ${line} ${what}: restore the register from your backup before issuing.`,
  );
}
