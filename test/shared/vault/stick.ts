import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sealedSize } from "../../../src-shared/container/index.ts";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { concatBytes } from "../../../src-shared/encoding/bytes.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { sealContainer } from "../../../src-shared/node/container-writer.ts";
import { seal } from "../../../src-shared/node/aead.ts";
import { deriveSubkeys } from "../../../src-shared/node/vault-keys.ts";
import {
  type Catalog,
  catalogContext,
  catalogName,
  type CatalogVideo,
  DATA_FOLDER,
  fileContext,
  type ManifestClaims,
  manifestName,
  partName,
  VAULT_FOLDER,
} from "../../../src-shared/vault/index.ts";
import { manifestToken, VAULT_ID, vaultPublisher } from "../../fakes/issuer.ts";
import { type TestKey, testId, testSeed } from "../../fakes/test-keys.ts";

/** The vault key of the tests' stick. */
export const KEK = testSeed("vault key");

/** A video of the tests: its name determines its ids and keys, its content is sealed unchanged. */
export type TestVideo = { readonly name: string; readonly content: Uint8Array };

export type StickOptions = {
  readonly videos?: readonly TestVideo[];
  readonly claims?: Partial<ManifestClaims>;
  readonly key?: TestKey;
  /** Smaller than on a real stick, so that several parts fit into a test. */
  readonly partBytes?: number;
  readonly catalog?: Partial<Catalog>;
};

/** Writes a small vault with one generation into `root`, as the publisher's tool would, but without random parts. */
export async function writeStick(root: string, options: StickOptions = {}): Promise<ManifestClaims> {
  const { videos = [], claims = {}, key = vaultPublisher, partBytes = 20_000 } = options;
  const gen = claims.gen ?? 1;
  const folder = join(root, VAULT_FOLDER);
  await mkdir(join(folder, DATA_FOLDER), { recursive: true });
  const files = await Promise.all(videos.map((video) => writeVideo(folder, video, partBytes)));
  const content = { v: 1, videos: videos.map(catalogVideo), ...options.catalog };
  const catalog = await sealCatalog(utf8(JSON.stringify(content)), gen);
  await writeFile(join(folder, catalogName(gen)), catalog);
  const manifest = { files, catalog: { size: catalog.length, sha256: sha256(catalog) }, ...claims, gen };
  await writeFile(join(folder, manifestName(gen)), manifestToken(manifest, key));
  return manifest as ManifestClaims;
}

/** Seals any bytes as the catalog of a generation. */
export async function sealCatalog(clear: Uint8Array, gen: number, kek: Uint8Array = KEK): Promise<Uint8Array> {
  const salt = testSeed(`catalog salt ${gen}`).subarray(0, 24);
  return sealAll(clear, deriveSubkeys(kek).catalog, salt, catalogContext(VAULT_ID));
}

export function fileIdOf(name: string): string {
  return testId(`file ${name}`);
}

async function writeVideo(folder: string, { name, content }: TestVideo, partBytes: number) {
  const id = fileIdOf(name);
  const salt = testSeed(`file salt ${name}`).subarray(0, 24);
  const container = await sealAll(content, testSeed(`file key ${name}`), salt, fileContext(VAULT_ID, id, "video"));
  await mkdir(join(folder, DATA_FOLDER, id), { recursive: true });
  const parts = [];
  for (let at = 0; at < container.length; at += partBytes) {
    const part = container.subarray(at, at + partBytes);
    await writeFile(join(folder, DATA_FOLDER, id, partName(parts.length)), part);
    parts.push({ size: part.length, sha256: sha256(part) });
  }
  if (container.length !== sealedSize(content.length)) throw new Error("the writer and the format disagree");
  return { id, parts };
}

function catalogVideo({ name, content }: TestVideo): CatalogVideo {
  const id = fileIdOf(name);
  const nonce = testSeed(`file key nonce ${name}`).subarray(0, 12);
  const wrapped = seal(
    deriveSubkeys(KEK).wrap,
    nonce,
    testSeed(`file key ${name}`),
    fileContext(VAULT_ID, id, "video"),
  );
  return {
    id: testId(`video ${name}`),
    title: name,
    durationSeconds: 12.5,
    width: 1280,
    height: 720,
    type: "video/mp4",
    codecs: ["avc1.64001f"],
    added: 0,
    file: { id, bytes: content.length, key: toBase64url(concatBytes(nonce, wrapped)) },
    subtitles: [],
    chapters: [],
  };
}

async function sealAll(clear: Uint8Array, key: Uint8Array, salt: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for await (const block of sealContainer([clear], key, salt, context)) blocks.push(block);
  return concatBytes(...blocks);
}

export function sha256(bytes: Uint8Array): string {
  return toBase64url(createHash("sha256").update(bytes).digest());
}
