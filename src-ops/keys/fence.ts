import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import { PositiveInteger } from "../../src-shared/integers.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../paths.ts";
import {
  type FolderGeneration,
  generationIn,
  inspectRegister,
  nextGeneration,
  type RegisterEntry,
} from "../register/index.ts";
import { PRIVATE, PRIVATE_FILE_MODE } from "./key-folder.ts";
import type { Publisher } from "./publisher.ts";

const Known = v.strictObject({
  generation: PositiveInteger,
  instance: v.string(),
  /** Where the later generation is, or was seen. */
  place: v.string(),
});
/** A generation of a publisher's keys that was seen somewhere. */
export type KnownGeneration = v.InferOutput<typeof Known>;

const KnownFile = v.strictObject({ v: v.literal(1), publishers: v.record(v.string(), Known) });

// The file on this computer with the newest generation of each publisher; absent where commands run without settings.
const settings = new AsyncLocalStorage<string | undefined>();

/** Runs a command that knows which generations of keys this computer has seen. `folder` is that of its settings. */
export function withKnownGenerations<T>(folder: string | undefined, command: () => Promise<T>): Promise<T> {
  return settings.run(folder && join(folder, "generations.json"), command);
}

/** Remembers on this computer that there is this generation of a publisher's keys. KEYS_BROKEN. */
export async function rememberGeneration(issuer: string, known: KnownGeneration): Promise<Attempt<undefined>> {
  const path = settings.getStore();
  if (path === undefined || known.generation === 1) return ok(undefined);
  const before = await readKnown(path);
  if (!before.ok) return before;
  if ((before.value.get(issuer)?.generation ?? 0) > known.generation) return ok(undefined);
  const publishers = Object.fromEntries([...before.value, [issuer, known]]);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify({ v: 1, publishers })}\n`);
  return ok(undefined);
}

/** The newest generation of a publisher's keys that this computer has seen. KEYS_BROKEN. */
async function knownGeneration(issuer: string): Promise<Attempt<KnownGeneration | undefined>> {
  const path = settings.getStore();
  if (path === undefined) return ok(undefined);
  const known = await readKnown(path);
  return known.ok ? ok(known.value.get(issuer)) : known;
}

// A damaged file is refused: without it, a folder that was replaced would pass for the current one.
async function readKnown(path: string): Promise<Attempt<ReadonlyMap<string, KnownGeneration>>> {
  if (!(await exists(path))) return ok(new Map());
  const bytes = await readSmallFile(path, 64 * KIB);
  const json = bytes && parseStrictJson(bytes);
  const file = v.safeParse(KnownFile, json?.ok ? json.value : undefined);
  if (file.success) return ok(new Map(Object.entries(file.output.publishers)));
  return fail("KEYS_BROKEN", `${path} is damaged: delete it, and use only the key folder that was restored last.`);
}

/**
 * The entry with which a folder begins that replaces another one, of a later generation than `least` and than any that this
 * computer has seen. KEYS_BROKEN.
 */
export async function drawGeneration(
  issuer: string,
  register: { readonly entries: readonly RegisterEntry[] },
  least: number,
): Promise<Attempt<ReturnType<typeof nextGeneration>>> {
  const known = await knownGeneration(issuer);
  if (!known.ok) return known;
  const drawn = { instance: idFromRandom(randomBytes(ID_LENGTH)), block: randomBytes(4).readUInt32BE() };
  return ok(nextGeneration(register, Math.max(least, known.value?.generation ?? 1), drawn));
}

/** Where a folder notes that it was replaced by a restored one. */
export function fencePath(folder: string): string {
  return join(folder, PRIVATE, "fenced.json");
}

/** Whether a folder of one generation is replaced by what is known of another. */
export function isReplaced(own: FolderGeneration, known: FolderGeneration): boolean {
  return known.generation > own.generation || (known.generation === own.generation && known.instance !== own.instance);
}

/** Refuses a folder that was replaced by a restored one: it would give out numbers a second time. FOLDER_FENCED, KEYS_BROKEN. */
export async function requireCurrentFolder({ folder, issuer }: Publisher): Promise<Attempt<undefined>> {
  const noted = await readFence(folder);
  if (!noted.ok) return noted;
  const known = noted.value ? noted : await knownGeneration(issuer);
  if (!known.ok) return known;
  if (!known.value) return ok(undefined);
  const own = generationIn(await inspectRegister(folder));
  return isReplaced(own, known.value) ? refuseFolder(folder, own, known.value) : ok(undefined);
}

/** Notes in the folder itself that it was replaced, so that it stays so on any computer. FOLDER_FENCED. */
export async function fenceFolder(folder: string, own: FolderGeneration, known: KnownGeneration) {
  await writeFileAtomic(fencePath(folder), `${JSON.stringify(known)}\n`, PRIVATE_FILE_MODE);
  return refuseFolder(folder, own, known);
}

function refuseFolder(folder: string, { generation }: FolderGeneration, known: KnownGeneration) {
  return fail(
    "FOLDER_FENCED",
    `${folder} (generation ${generation}) was replaced by the restored folder of generation ${known.generation}, ` +
      `${known.place}: use that one. If it is lost, \`vaultctl restore\` makes a new folder of the newest backup, or of this folder.`,
  );
}

/** What a folder has noted of the one that replaced it. KEYS_BROKEN. */
export async function readFence(folder: string): Promise<Attempt<KnownGeneration | undefined>> {
  const path = fencePath(folder);
  if (!(await exists(path))) return ok(undefined);
  const bytes = await readSmallFile(path, 4 * KIB);
  const json = bytes && parseStrictJson(bytes);
  const known = v.safeParse(Known, json?.ok ? json.value : undefined);
  return known.success ? ok(known.output) : fail("KEYS_BROKEN", `${path} is damaged: use the newest restored folder.`);
}
