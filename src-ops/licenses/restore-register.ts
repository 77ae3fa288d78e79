import { createHash } from "node:crypto";
import { join } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseKeyManifest, type TrustRoots } from "../../src-shared/jws/index.ts";
import { type License, parseRevocations, verifyLicense } from "../../src-shared/license/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { enrolmentIn } from "../../src-shared/telemetry/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { KEYS_FILE, REVOCATIONS_FILE } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  drawGeneration,
  loadPublisher,
  rememberGeneration,
  type Publisher,
  publicKeysOf,
  withLock,
  loadTrust,
} from "../keys/index.ts";
import {
  generationIn,
  type LicenseEntry,
  nextLicenseSeq,
  type RegisterEntry,
  restartRegister,
} from "../register/index.ts";
import { readLicenseFile } from "./license-file.ts";

export type RestoreOrder = {
  readonly keys: string;
  readonly files: readonly string[];
  /** A number that is certainly above every number that was ever issued. */
  readonly firstSeq: number;
};

/** Starts a new register when the old one is lost, from the license files, the revocation list and the key manifest. None
 * of them holds the computers' keys, so a renewal for a computer needs its request again.
 */
export async function restoreRegister(
  order: RestoreOrder,
  now: UnixSeconds,
): Promise<Attempt<{ readonly licenses: number; readonly firstSeq: number }>> {
  const publisher = await loadPublisher(order.keys);
  if (!publisher.ok) return publisher;
  const trust = await loadTrust(publicKeysOf(publisher.value), undefined);
  if (!trust.ok) return trust;
  const { roots } = trust.value;
  const found = new Map<string, LicenseEntry>();
  for (const path of order.files) {
    const text = await readLicenseFile(path);
    if (!text.ok) return text;
    const license = verifyLicense(text.value, roots);
    if (!license.ok)
      return fail("LICENSE_REFUSED", `${path}: ${license.error}; only your own licenses can be entered.`);
    const sha256 = hashOf(text.value);
    found.set(sha256, { ...entryOf(license.value, sha256), ...enrolmentOf(text.value, license.value, roots) });
  }
  const licenses = [...found.values()].toSorted((a, b) => a.seq - b.seq);
  const highest = licenses.at(-1)?.seq ?? 0;
  if (order.firstSeq <= highest) return fail("USAGE", `--first-seq must be above ${highest}, which was already used.`);
  const lists = await signedLists(publisher.value, roots);
  const entries: RegisterEntry[] = [{ kind: "restart", firstSeq: order.firstSeq }, ...licenses, ...lists];
  const drawn = await drawGeneration(publisher.value.issuer, { entries }, 1);
  if (!drawn.ok) return drawn;
  // Above 2, the lost register was that of a restored folder: the new one must not pass for the folder from before.
  if (drawn.value.generation > 2) entries.push(drawn.value);
  return withLock(publisher.value, "register", async () => {
    const restarted = await restartRegister(publisher.value.folder, now, entries);
    if (!restarted.ok) return restarted;
    const own = { ...generationIn(restarted.value), place: order.keys };
    const remembered = await rememberGeneration(publisher.value.issuer, own);
    if (!remembered.ok) return remembered;
    return ok({ licenses: new Set(licenses.map(({ lid }) => lid)).size, firstSeq: nextLicenseSeq(restarted.value) });
  });
}

function entryOf({ claims, kid }: License, sha256: string): LicenseEntry {
  const { lid, seq, sub, vaults, bind, ring, exp, minApp, grace, entitlements, protection } = claims;
  const optional = {
    ...(bind.stickMarks ? { stickMarks: bind.stickMarks } : {}),
    ...(protection ? { protection } : {}),
  };
  const binding = { vaultId: vaults[0]?.id ?? "", stickId: bind.stick, mode: bind.mode, ...optional };
  return { kind: "restored", lid, seq, sub, ...binding, ring, exp, minApp, kid, sha256, grace, entitlements };
}

function enrolmentOf(text: string, { claims }: License, roots: TrustRoots): Pick<LicenseEntry, "enrolment"> {
  const { bind, iat } = claims;
  const found = bind.mode === "stick" ? undefined : enrolmentIn(text, roots, { now: iat, device: bind.device });
  if (!found?.ok) return {};
  const { pid, exp } = found.value.claims;
  return { enrolment: { pid, exp, kid: found.value.kid } };
}

async function signedLists(publisher: Publisher, roots: TrustRoots): Promise<RegisterEntry[]> {
  const entries: RegisterEntry[] = [];
  const listText = await textOf(join(publisher.folder, REVOCATIONS_FILE));
  const list = listText === undefined ? undefined : parseRevocations(listText, roots);
  if (listText !== undefined && list?.ok) {
    const { counter, licenses, keys } = list.value;
    const kid = roots.find(
      ({ role, generation }) => role === "revocation-list" && generation === counter.generation,
    )?.kid;
    const content = { seq: counter.sequence, licenses: [...licenses], keys: [...keys] };
    entries.push({ kind: "revocation", ...content, kid: kid ?? "", sha256: hashOf(listText) });
  }
  const keysText = await textOf(join(publicKeysOf(publisher), KEYS_FILE));
  const manifest = keysText === undefined ? undefined : parseKeyManifest(keysText, roots);
  if (keysText !== undefined && manifest?.ok) {
    const { sequence } = manifest.value.counter;
    entries.push({ kind: "rotation", seq: sequence, role: "", retired: [], sha256: hashOf(keysText) });
  }
  return entries;
}

async function textOf(path: string): Promise<string | undefined> {
  return (await readSmallFile(path, MAX_ARMORED_CHARS))?.toString("utf8");
}

function hashOf(text: string): string {
  return toBase64url(createHash("sha256").update(text).digest());
}
