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
import { type Attempt, fail, type FailureCode } from "../../failure.ts";
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

type Given = {
  readonly keys?: string | undefined;
  /** A key folder that may be of another publisher, or gone. */
  readonly knownKeys?: string | undefined;
  readonly trust?: string | undefined;
};

// What keys say that do not fit a stick, or cannot be used now.
const UNFIT: ReadonlySet<FailureCode> = new Set([
  "VAULT_UNTRUSTED",
  "NO_ANCHOR",
  "KEYS_MISSING",
  "VAULT_KEY_MISSING",
  "PASSWORD_MISSING",
]);

/** Lists a stick: everything with the publisher's keys, else the public facts, checked if there are keys to check them. */
export async function listVault(root: string, { keys, knownKeys, trust }: Given): Promise<Attempt<VaultListing>> {
  if (keys !== undefined) return listWithKeys(root, keys, trust);
  if (knownKeys !== undefined) {
    const listed = await listWithKeys(root, knownKeys, trust);
    if (listed.ok || !UNFIT.has(listed.error.code)) return listed;
  }
  if (trust !== undefined) return listChecked(root, trust);
  if (knownKeys === undefined) return listUnchecked(root);
  const checked = await listChecked(root, publicKeysOf({ folder: knownKeys }));
  return checked.ok || !UNFIT.has(checked.error.code) ? checked : listUnchecked(root);
}

async function listChecked(root: string, trust: string): Promise<Attempt<VaultListing>> {
  const opened = await openTrusted(root, trust);
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
