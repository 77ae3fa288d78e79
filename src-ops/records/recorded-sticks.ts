import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { RandomId } from "../../src-shared/ids.ts";
import { NonNegativeInteger } from "../../src-shared/integers.ts";
import { StickFingerprint } from "../../src-shared/license/index.ts";
import { codeOf, removeFile, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readForeignFile } from "../../src-shared/node/foreign-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB, MIB, type UnixSeconds } from "../../src-shared/units.ts";
import { catalogName, generationOf, manifestName, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type Publisher, publicKeysOf, stickRecordPath, stickRecordsPath, withLock } from "../keys/index.ts";
import { openTrusted } from "../packing/index.ts";
import { exists } from "../paths.ts";
import { readStickFingerprint } from "./stick-fingerprint.ts";

/** A stick that the publisher has made. Its manifest and its encrypted catalog are kept, so a license needs no stick. */
const RecordedStick = v.object({
  v: v.literal(1),
  /** A short name for people: `S1`, `S2`..., or `M1`... for a master, from which sticks are made. */
  name: v.pipe(v.string(), v.regex(/^[SM][1-9]\d{0,8}$/)),
  stickId: RandomId,
  vaultId: RandomId,
  /** What viewers see. */
  label: v.string(),
  generation: NonNegativeInteger,
  at: NonNegativeInteger,
  /** Of its drive, if it was on one. */
  fingerprint: v.exactOptional(StickFingerprint),
  /** The id of the stick in whose place it was made. */
  replaces: v.exactOptional(RandomId),
});
/** `folder` has the manifest and the catalog, as on the stick. */
export type RecordedStick = v.InferOutput<typeof RecordedStick> & { readonly folder: string };

const FACTS = "stick.json";
const MAX_DOCUMENT = 64 * MIB;

/** Every stick that was made with these keys, by its name. */
export async function listSticks({ folder }: Pick<Publisher, "folder">): Promise<Attempt<readonly RecordedStick[]>> {
  const sticks: RecordedStick[] = [];
  for (const id of await foldersIn(stickRecordsPath(folder))) {
    const path = stickRecordPath(folder, id);
    const bytes = await readSmallFile(join(path, FACTS), 64 * KIB);
    // A folder without the facts was left by a run that was stopped.
    if (!bytes) continue;
    const json = parseStrictJson(bytes);
    const facts = v.safeParse(RecordedStick, json.ok ? json.value : undefined);
    if (!facts.success || facts.output.stickId !== id) {
      return fail("STICKS_BROKEN", `${join(path, FACTS)} is damaged: restore it from your backup.`);
    }
    sticks.push({ ...facts.output, folder: path });
  }
  return ok(sticks.toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })));
}

/** Whether this is the name or the id of the stick. */
export function isNamed(stick: RecordedStick, given: string): boolean {
  return stick.name === given.toUpperCase() || stick.stickId === given;
}

/** A stick by its name or its id. */
export async function findStick(publisher: Pick<Publisher, "folder">, name: string): Promise<Attempt<RecordedStick>> {
  const sticks = await listSticks(publisher);
  if (!sticks.ok) return sticks;
  const found = sticks.value.find((one) => isNamed(one, name));
  return found ? ok(found) : fail("STICK_UNKNOWN", `No stick ${name}: see \`vaultctl stick list\`.`);
}

/** A stick for which something is to be made. STICK_REPLACED: it is lost or broken, and its licenses are revoked. */
export async function findStickInUse(
  publisher: Pick<Publisher, "folder">,
  name: string,
): Promise<Attempt<RecordedStick>> {
  const found = await findStick(publisher, name);
  const sticks = await listSticks(publisher);
  if (!found.ok || !sticks.ok) return found;
  const successor = sticks.value.find(({ replaces }) => replaces === found.value.stickId);
  if (!successor) return found;
  return fail("STICK_REPLACED", `Stick ${found.value.name} was replaced by ${successor.name}: name ${successor.name}.`);
}

/** Keeps the manifest and the catalog of a stick as they are now, and gives a new stick its name. */
export async function recordStick(
  publisher: Publisher,
  root: string,
  now: UnixSeconds,
  { replaces: replacedStick, isMaster = false }: Pick<RecordedStick, "replaces"> & { readonly isMaster?: boolean } = {},
): Promise<Attempt<RecordedStick>> {
  const opened = await openTrusted(root, publicKeysOf(publisher));
  if (!opened.ok) return opened;
  const { vaultId, stickId, gen, label, markKey } = opened.value.vault.manifest.claims;
  const fingerprint = await readStickFingerprint(root, markKey);
  const manifest = await readForeignFile(root, [VAULT_FOLDER, manifestName(gen)], MAX_DOCUMENT);
  if (!manifest) return fail("VAULT_INCOMPLETE", `The manifest on ${root} cannot be read again.`);
  return withLock(publisher, "sticks", async () => {
    const sticks = await listSticks(publisher);
    if (!sticks.ok) return sticks;
    const known = sticks.value.find((one) => one.stickId === stickId);
    const name = known?.name ?? nextName(sticks.value, isMaster ? "M" : "S");
    const folder = stickRecordPath(publisher.folder, stickId);
    const vault = join(folder, VAULT_FOLDER);
    await mkdir(vault, { recursive: true });
    await writeFileAtomic(join(vault, catalogName(gen)), opened.value.vault.sealedCatalog);
    await writeFileAtomic(join(vault, manifestName(gen)), manifest);
    const marks = fingerprint ?? known?.fingerprint;
    const facts = { v: 1, name, stickId, vaultId, label, generation: gen, at: known?.at ?? now } as const;
    const replaces = known?.replaces ?? replacedStick;
    const stored = { ...facts, ...(marks ? { fingerprint: marks } : {}), ...(replaces ? { replaces } : {}) };
    await writeFileAtomic(join(folder, FACTS), `${JSON.stringify(stored)}\n`);
    await removeOthers(vault, gen);
    return ok({ ...stored, folder });
  });
}

// The newest generation is used in any case: older ones only take space.
async function removeOthers(vault: string, gen: number): Promise<void> {
  for (const name of await readdir(vault)) {
    const other = generationOf(name.replace(/\.uvv$/, ".jws"));
    if (other !== undefined && other < gen) await removeFile(join(vault, name));
  }
}

async function foldersIn(path: string): Promise<readonly string[]> {
  if (!(await exists(path))) return [];
  try {
    return (await readdir(path)).filter((name) => v.is(RandomId, name)).toSorted();
  } catch (error) {
    if (codeOf(error) === "ENOTDIR") return [];
    throw error;
  }
}

function nextName(sticks: readonly RecordedStick[], letter: "S" | "M"): string {
  const numbers = sticks.flatMap(({ name }) => (name.startsWith(letter) ? Number(name.slice(1)) : []));
  return `${letter}${Math.max(0, ...numbers) + 1}`;
}
