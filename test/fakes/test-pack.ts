import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { composePackFront, PACK_PROFILE, type PackClaims } from "../../src-shared/content-pack.ts";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { decodeUnverifiedJws } from "../../src-shared/jws/index.ts";
import { catalogName, type ManifestClaims, manifestName, partName } from "../../src-shared/vault/index.ts";
import { NOW, signToken, vaultPublisher } from "./issuer.ts";
import type { TestKey } from "./test-keys.ts";

export type TestPackOptions = {
  /** Claims of the header that differ from genuine ones. */
  readonly claims?: object;
  readonly key?: TestKey;
  readonly keys?: string;
  readonly revocations?: string;
  /** The bytes of the manifest, if they are others. */
  readonly manifest?: Buffer;
};

/** A content pack from the stick in `from` to the content in `to`, in its sections, so that a test can change one of them. */
export function testPackSections(from: string, to: string, gen: number, options: TestPackOptions = {}) {
  const vault = join(to, "VAULT");
  const manifest = options.manifest ?? readFileSync(join(vault, manifestName(gen)));
  const claims = decodeUnverifiedJws(manifest.toString())?.claims as unknown as ManifestClaims;
  const catalog = readFileSync(join(vault, catalogName(gen)));
  const onStick = readdirSync(join(from, "VAULT", "data"));
  const files = claims.files.filter(({ id }) => !onStick.includes(id));
  const revocations = Buffer.from(options.revocations ?? "");
  const header: PackClaims = {
    v: 1,
    vaultId: claims.vaultId,
    stickId: claims.stickId,
    label: claims.label,
    gen,
    iat: NOW,
    manifest: section(manifest),
    catalog: section(catalog),
    ...(revocations.length > 0 ? { revocations: section(revocations) } : {}),
    files: files.map(({ id }) => id),
  };
  const token = signToken(PACK_PROFILE.typ, { ...header, ...options.claims }, options.key ?? vaultPublisher);
  const parts = files.flatMap(({ id, parts: list }) =>
    list.map((_part, index) => readFileSync(join(vault, "data", id, partName(index)))),
  );
  return { front: Buffer.from(composePackFront(options.keys ?? "", token)), manifest, catalog, revocations, parts };
}

export function testPack(from: string, to: string, gen: number, options: TestPackOptions = {}): Buffer {
  const { front, manifest, catalog, revocations, parts } = testPackSections(from, to, gen, options);
  return Buffer.concat([front, manifest, catalog, revocations, ...parts]);
}

function section(bytes: Buffer): { size: number; sha256: string } {
  return { size: bytes.length, sha256: toBase64url(createHash("sha256").update(bytes).digest()) };
}
