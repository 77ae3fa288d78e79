import { createHash } from "node:crypto";
import { sealedSize } from "../../src-shared/container/index.ts";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { writeForeignFile } from "../../src-shared/node/foreign-files.ts";
import { openVault, readCatalog } from "../../src-shared/node/vault-reader.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import {
  type Catalog,
  formatCatalog,
  catalogContext,
  catalogName,
  MANIFEST_PROFILE,
  MAX_CATALOG_BYTES,
  type ManifestClaims,
  type ManifestFile,
  manifestName,
  VAULT_FOLDER,
} from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { publishToStick, signDocument } from "../keys/index.ts";
import { sealRecord } from "./sealed-record.ts";
import type { Session } from "./session.ts";

/** What a generation of a vault has. */
export type Content = Catalog & { readonly files: readonly ManifestFile[] };

/** A generation that is signed, and not yet written anywhere. */
export type SignedGeneration = {
  readonly claims: ManifestClaims;
  readonly token: string;
  readonly catalog: Uint8Array;
};

/** Makes a new generation the vault's content. Writes the catalog first and the signed manifest last: before that last
 * rename the stick is unchanged, after it the change is complete (design.md, Stick). Then opens the vault as a reader
 * would.
 */
export async function commitGeneration(
  session: Session,
  content: Content,
  now: UnixSeconds,
): Promise<Attempt<undefined>> {
  const { root, nextGen: gen } = session;
  const signed = await signGeneration(session, content, now);
  if (!signed.ok) return signed;
  // Readers may need these documents to accept the manifest, so they are written before it.
  const published = await publishToStick(session.publisher, root);
  if (!published.ok) return published;
  await writeForeignFile(root, [VAULT_FOLDER, catalogName(gen)], signed.value.catalog);
  await writeForeignFile(root, [VAULT_FOLDER, manifestName(gen)], signed.value.token);
  return readAsReader(session);
}

/** Seals the catalog of a stick's next generation, and signs its manifest. */
export async function signGeneration(
  session: Session,
  content: Content,
  now: UnixSeconds,
): Promise<Attempt<SignedGeneration>> {
  const { vaultId, stickId, markKey, label, minSeq, nextGen: gen, keys } = session;
  const clear = utf8(formatCatalog(content));
  if (sealedSize(clear.length) > MAX_CATALOG_BYTES) {
    return fail("VAULT_TOO_LARGE", "The catalog would be larger than readers accept: use a second stick.");
  }
  const catalog = await sealRecord(clear, keys.catalog, catalogContext(vaultId));
  const claims: ManifestClaims = {
    v: 1,
    vaultId,
    stickId,
    markKey,
    label,
    gen,
    minSeq,
    iat: now,
    catalog: { size: catalog.length, sha256: toBase64url(createHash("sha256").update(catalog).digest()) },
    files: [...content.files],
  };
  const token = signDocument(session.signer, MANIFEST_PROFILE, claims);
  if (token.length > MANIFEST_PROFILE.maxBytes) {
    return fail("VAULT_TOO_LARGE", "The list of files would be larger than readers accept: use a second stick.");
  }
  return ok({ claims, token, catalog });
}

async function readAsReader(session: Session): Promise<Attempt<undefined>> {
  const vault = await openVault(session.root, session.roots);
  if (!vault.ok || vault.value.manifest.claims.gen !== session.nextGen) {
    return fail("READ_BACK_FAILED", `What was written to ${session.root} reads back differently: use another stick.`);
  }
  const catalog = await readCatalog(vault.value, session.kek);
  if (catalog.ok) return ok(undefined);
  return fail("READ_BACK_FAILED", `The catalog written to ${session.root} reads back differently: use another stick.`);
}
