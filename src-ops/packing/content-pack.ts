import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  composePackFront,
  PACK_PROFILE,
  type PackClaims,
  partsOfPack,
  type PackedPart,
} from "../../src-shared/content-pack.ts";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes, UnixSeconds } from "../../src-shared/units.ts";
import { KEYS_FILE, manifestName, PACK_SUFFIX, REVOCATIONS_FILE, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { checkFileName, fileNameOf } from "../file-names.ts";
import type { Job } from "../job.ts";
import { findDueDocuments, packRecordPath, type Publisher, signDocument } from "../keys/index.ts";
import { exists, isInside } from "../paths.ts";
import { signGeneration, type SignedGeneration } from "./commit.ts";
import { createMeter } from "./meter.ts";
import { openSession, type Session } from "./session.ts";
import { requireRoomForFile } from "./room-for-file.ts";
import { hasSameContent, titlesOnlyIn } from "./sync-stick.ts";
import { writePack } from "./write-content-pack.ts";

export type PackOrder = {
  /** The record of the stick in the key folder: what was last on it. */
  readonly record: string;
  /** A stick or a folder with the content that it shall have. */
  readonly master: string;
  /** The pack is written to this file, or to `<name>-v<gen>.uvvpack`. */
  readonly out: string | undefined;
  readonly name: string;
};

export type ContentPack = {
  readonly out: string;
  readonly stickId: string;
  readonly label: string;
  readonly gen: number;
  readonly bytes: Bytes;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly developmentKeys: boolean;
};

/**
 * Writes the content pack that brings one stick from what was last seen on it to the content of the master. Its generation
 * is recorded first, so that no other change of the stick is ever signed under the same number.
 */
export async function writeContentPack(
  publisher: Publisher,
  { record, master, out: given, name }: PackOrder,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<ContentPack>> {
  const [from, stick] = [await openSession(publisher, master), await openSession(publisher, record)];
  if (!from.ok) return from;
  if (!stick.ok) return stick;
  const checked = await checkOrder(from.value, stick.value, name);
  if (!checked.ok) return checked;
  const { stickId, label, signer, nextGen: gen } = stick.value;
  const out = given ?? fileNameOf(`${name}-v${gen}`, PACK_SUFFIX);
  const named = checkFileName(out);
  if (!named.ok) return named;
  if (await exists(out)) return fail("FILE_EXISTS", `${out} already exists: move it away or choose another name.`);
  if (await isInside(out, master)) return fail("ON_STICK", `${out} is on ${master}: write the pack somewhere else.`);
  const signed = await signGeneration(stick.value, from.value, now);
  if (!signed.ok) return signed;
  const front = await composeFront(publisher, stick.value, signed.value);
  if (!front.ok) return front;
  const { sections, parts, bytes } = front.value;
  const size = sections.reduce((sum, section) => sum + section.length, bytes);
  const room = await requireRoomForFile(out, size);
  if (!room.ok) return room;
  const recorded = join(packRecordPath(publisher.folder, stickId), VAULT_FOLDER);
  await mkdir(recorded, { recursive: true });
  await writeFileAtomic(join(recorded, manifestName(gen)), signed.value.token);
  const written = await writePack(out, sections, parts, master, createMeter(job.progress, bytes), job.signal);
  if (!written.ok) return written;
  const [before, after] = [stick.value.videos, from.value.videos];
  const titles = { added: titlesOnlyIn(after, before), removed: titlesOnlyIn(before, after) };
  return ok({ out, stickId, label, gen, bytes: written.value, ...titles, developmentKeys: signer.dev });
}

async function checkOrder(from: Session, stick: Session, name: string): Promise<Attempt<undefined>> {
  if (from.vaultId !== stick.vaultId) {
    return fail("NOT_A_STICK", `${from.root} has another vault than stick ${name}: name a copy of the same vault.`);
  }
  if (!hasSameContent(from, stick)) return ok(undefined);
  return fail("STICK_CURRENT", `Stick ${name} has everything that ${from.root} has: there is nothing to send.`);
}

type Front = { readonly sections: readonly Uint8Array[]; readonly parts: readonly PackedPart[]; readonly bytes: Bytes };

async function composeFront(
  publisher: Publisher,
  stick: Session,
  { claims: manifest, token, catalog }: SignedGeneration,
): Promise<Attempt<Front>> {
  // Nothing is published where the pack is written, so everything is due.
  const nowhere = { pathOf: (name: string) => name, read: async () => undefined };
  const documents = await findDueDocuments(publisher, nowhere, undefined);
  if (!documents.ok) return documents;
  const textOf = (name: string) => documents.value.find((one) => one.name === name)?.text;
  const revocations = textOf(REVOCATIONS_FILE);
  const { vaultId, stickId, label, gen, iat } = manifest;
  const onStick = new Set(stick.files.map(({ id }) => id));
  const claims: PackClaims = {
    v: 1,
    vaultId,
    stickId,
    label,
    gen,
    iat,
    manifest: sectionOf(utf8(token)),
    catalog: sectionOf(catalog),
    ...(revocations === undefined ? {} : { revocations: sectionOf(utf8(revocations)) }),
    files: manifest.files.map(({ id }) => id).filter((id) => !onStick.has(id)),
  };
  const header = signDocument(stick.signer, PACK_PROFILE, claims);
  const packed = partsOfPack(claims, manifest);
  if (!packed.ok || header.length > PACK_PROFILE.maxBytes) {
    return fail("VAULT_TOO_LARGE", "The pack would have more files than readers accept: bring the stick here instead.");
  }
  const front = composePackFront(textOf(KEYS_FILE) ?? "", header);
  return ok({ sections: [front, utf8(token), catalog, utf8(revocations ?? "")], ...packed.value });
}

function sectionOf(bytes: Uint8Array) {
  return { size: bytes.length, sha256: toBase64url(createHash("sha256").update(bytes).digest()) };
}
