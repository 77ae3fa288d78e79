import { join } from "node:path";
import * as v from "valibot";
import { fromUtf8 } from "../../../src-shared/encoding/text.ts";
import { decodeUnverifiedJws } from "../../../src-shared/jws/index.ts";
import { readForeignFile } from "../../../src-shared/node/foreign-files.ts";
import { listGenerations } from "../../../src-shared/node/vault-reader.ts";
import type { Protection } from "../../../src-shared/protection.ts";
import { ok } from "../../../src-shared/result.ts";
import {
  MANIFEST_PROFILE,
  ManifestClaims,
  manifestName,
  type Section,
  VAULT_FOLDER,
} from "../../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../../failure.ts";
import { loadPublisher, publicKeysOf } from "../../keys/index.ts";
import { openCatalog } from "./open-catalog.ts";
import { describeOpenFault, openTrusted } from "./open-trusted.ts";
import { type VideoView, viewVideo } from "./view-video.ts";

type PublicFacts = {
  readonly vaultId: string;
  readonly stickId: string;
  readonly gen: number;
  readonly label: string;
  readonly files: number;
  readonly bytes: number;
  readonly signature: "valid" | "not checked";
};

export type VaultListing = PublicFacts & {
  readonly developmentKeys?: boolean;
  readonly protection?: Protection;
  readonly videos?: readonly VideoView[];
  readonly sections?: readonly Section[];
};

/** Lists a stick: everything with the publisher's keys, else the public facts, verified only if `trust` is given. */
export async function listVault(
  root: string,
  given: { readonly keys?: string | undefined; readonly trust?: string | undefined },
): Promise<Attempt<VaultListing>> {
  if (given.keys !== undefined) return listWithKeys(root, given.keys, given.trust);
  if (given.trust === undefined) return listUnchecked(root);
  const opened = await openTrusted(root, given.trust);
  if (!opened.ok) return opened;
  const { vault, dev } = opened.value;
  return ok({ ...publicFacts(vault.manifest.claims, "valid"), developmentKeys: dev });
}

async function listWithKeys(root: string, keys: string, trust: string | undefined): Promise<Attempt<VaultListing>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const opened = await openTrusted(root, trust ?? publicKeysOf(publisher.value));
  if (!opened.ok) return opened;
  const { vault, dev } = opened.value;
  const { claims } = vault.manifest;
  const catalog = await openCatalog(publisher.value, vault);
  if (!catalog.ok) return catalog;
  const { protection, sections, videos } = catalog.value.catalog;
  const content = { protection, sections, videos: videos.map(viewVideo) };
  return ok({ ...publicFacts(claims, "valid"), developmentKeys: dev, ...content });
}

async function listUnchecked(root: string): Promise<Attempt<VaultListing>> {
  const gen = (await listGenerations(root))[0];
  if (gen === undefined) return describeOpenFault("NO_VAULT", root);
  const bytes = await readForeignFile(root, [VAULT_FOLDER, manifestName(gen)], MANIFEST_PROFILE.maxBytes);
  const token = bytes && fromUtf8(bytes);
  const claims = v.safeParse(ManifestClaims, token === undefined ? undefined : decodeUnverifiedJws(token)?.claims);
  if (!claims.success) return fail("VAULT_DAMAGED", `${join(root, VAULT_FOLDER, manifestName(gen))} cannot be read.`);
  return ok(publicFacts(claims.output, "not checked"));
}

function publicFacts(claims: ManifestClaims, signature: PublicFacts["signature"]): PublicFacts {
  const { vaultId, stickId, gen, label, files } = claims;
  const bytes = files.flatMap((file) => file.parts).reduce((sum, part) => sum + part.size, claims.catalog.size);
  return { vaultId, stickId, gen, label, files: files.length, bytes, signature };
}
