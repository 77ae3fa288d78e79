import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { concatBytes } from "../../src-shared/encoding/bytes.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { seal } from "../../src-shared/node/aead.ts";
import { sealContainer } from "../../src-shared/node/container-writer.ts";
import { type Protection, UNPROTECTED } from "../../src-shared/protection.ts";
import { deriveSubkeys } from "../../src-shared/node/vault-keys.ts";
import {
  type Catalog,
  type CatalogVideo,
  fileContext,
  type FileRole,
  formatCatalog,
} from "../../src-shared/vault/index.ts";
import { manifestToken, NOW, VAULT_ID, vaultPublisher } from "../fakes/issuer.ts";
import { testId, testSeed } from "../fakes/test-keys.ts";
import { KEK, sealCatalog, sha256 } from "../shared/vault/stick.ts";
import { keyFile, SEEDS } from "./make.ts";

/** Generation 3 of a stick whose catalog has sections and descriptions: the second version of the catalog. */
export function stickSections() {
  return stickOfSections(3, UNPROTECTED);
}

/** Generation 4 of the same stick, with a protection: the third version of the catalog. */
export function stickProtection() {
  return stickOfSections(4, { capture: "block", watermark: "moving" });
}

async function stickOfSections(gen: number, protection: Protection) {
  const { sealed, videos } = await filmsOf("section", ["Welcome", "01 - Knots"]);
  const [welcome, lesson] = videos as [CatalogVideo, CatalogVideo];
  return stickOf(gen, sealed, {
    protection,
    hidesTitles: false,
    sections: [{ title: "1. Les nœuds", description: "Huit nœuds.\nUn par leçon." }, { title: "2. Voiles" }],
    videos: [
      welcome,
      { ...lesson, description: "A bowline\nin two ways.", section: 0 },
      { ...welcome, id: testId("video of section 2"), section: 1 },
    ],
  });
}

/** Generation 4: its publisher wants no title shown outside of the app. */
export async function stickHiddenTitles() {
  const { sealed, videos } = await filmsOf("hidden", ["A private matter"]);
  return stickOf(4, sealed, { protection: UNPROTECTED, hidesTitles: true, sections: [], videos });
}

/** Generation 5: a film with a storyboard, in a catalog of the first version. The sheets are text here, not pictures. */
export async function stickStoryboard() {
  const { sealed, videos } = await filmsOf("storyboard", ["A film with pictures"]);
  const sheets = ["The first four pictures.", "The last two pictures."];
  const file = await sealFile("storyboard", "sheets", sheets.join(""));
  const layout = { everySeconds: 10, width: 320, height: 180, columns: 2, rows: 2, count: 6 };
  const storyboard = { ...layout, ...file.ref, sheets: sheets.map(({ length }) => length) };
  return stickOf(5, [...sealed, file], {
    protection: UNPROTECTED,
    hidesTitles: false,
    sections: [],
    videos: videos.map((video) => ({ ...video, storyboard })),
  });
}

const CONTENTS = ["Welcome.", "The first lesson."];

async function filmsOf(group: string, titles: readonly string[]) {
  const names = ["welcome", "lesson"];
  const sealed: Sealed[] = [];
  for (const place of titles.keys()) sealed.push(await sealFile("video", names[place] ?? "", CONTENTS[place] ?? ""));
  const videos = sealed.map(({ ref }, index): CatalogVideo => ({
    id: testId(`video of ${group} ${index}`),
    title: titles[index] ?? "",
    durationSeconds: 60,
    width: 1280,
    height: 720,
    type: "video/mp4",
    codecs: ["avc1.64001f"],
    added: NOW,
    file: ref,
    subtitles: [],
    chapters: [],
  }));
  return { sealed, videos };
}

async function stickOf(gen: number, sealed: readonly Sealed[], catalog: Catalog) {
  const clearCatalog = formatCatalog(catalog);
  const sealedCatalog = await sealCatalog(utf8(clearCatalog), gen);
  const manifest = manifestToken({
    gen,
    catalog: { size: sealedCatalog.length, sha256: sha256(sealedCatalog) },
    files: sealed.map(({ ref, container }) => ({
      id: ref.id,
      parts: [{ size: container.length, sha256: sha256(container) }],
    })),
  });
  const files = sealed.map(({ ref, container }) => [`VAULT/data/${ref.id}/000`, container] as const);
  return {
    note: SEEDS,
    vaultKeyPhrase: "vault key",
    publisher: keyFile(vaultPublisher, "vault-publisher"),
    texts: { [`VAULT/manifest.${gen}.jws`]: manifest },
    files: Object.fromEntries(
      [...files, [`VAULT/manifest.${gen}.uvv`, sealedCatalog] as const].map(([path, bytes]) => [
        path,
        toBase64url(bytes),
      ]),
    ),
    catalog: clearCatalog,
    contents: Object.fromEntries(sealed.map(({ ref, role, content }) => [ref.id, { role, content }])),
  };
}

type Sealed = Awaited<ReturnType<typeof sealFile>>;

export async function sealFile(role: FileRole, name: string, content: string) {
  const id = testId(`file ${name}`);
  const [key, context] = [testSeed(`file key ${name}`), fileContext(VAULT_ID, id, role)];
  const blocks: Uint8Array[] = [];
  const salt = testSeed(`file salt ${name}`).subarray(0, 24);
  for await (const block of sealContainer([utf8(content)], key, salt, context)) blocks.push(block);
  const nonce = testSeed(`file key nonce ${name}`).subarray(0, 12);
  const wrapped = concatBytes(nonce, seal(deriveSubkeys(KEK).wrap, nonce, key, context));
  const ref = { id, bytes: utf8(content).length, key: toBase64url(wrapped) };
  return { role, content, ref, container: concatBytes(...blocks) };
}
