import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { readPoster } from "../../../src-ops/packing/poster.ts";
import { findSidecars } from "../../../src-ops/packing/sidecars.ts";
import { MAX_CATALOG_TEXT_CHARS, MAX_CHAPTERS, MAX_SIDECAR_BYTES } from "../../../src-shared/limits.ts";
import { CatalogVideo } from "../../../src-shared/vault/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** A file that begins with `content` and has this size. */
function fileOf(name: string, content: string | Uint8Array, size: number): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  truncateSync(path, size);
  return path;
}

// The player's side of the limit: test/main/session/vault-session.test.ts.
describe("a poster", () => {
  const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

  it("of the largest size is packed", async () => {
    const poster = await readPoster(fileOf("poster.jpg", JPEG, MAX_SIDECAR_BYTES));
    expect(poster.ok && poster.value.bytes.length).toBe(MAX_SIDECAR_BYTES);
  });

  it("one byte larger is refused", async () => {
    const poster = await readPoster(fileOf("poster.jpg", JPEG, MAX_SIDECAR_BYTES + 1));
    expect(poster).toMatchObject({ ok: false, error: { code: "POSTER_UNSUPPORTED" } });
    expect(!poster.ok && poster.error.message).toContain("larger than 16 MiB");
  });
});

describe("a subtitle file", () => {
  const webVtt = (bytes: number) => "WEBVTT\n\nNOTE ".padEnd(bytes, "x");
  const beside = (bytes: number) => fileOf("film.fr.vtt", webVtt(bytes), bytes).replace("film.fr.vtt", "film.mp4");

  it("of the largest size is packed", async () => {
    const found = await findSidecars(beside(MAX_SIDECAR_BYTES));
    expect(found.ok && found.value.subtitles[0]?.bytes.length).toBe(MAX_SIDECAR_BYTES);
  });

  it("one byte larger is refused", async () => {
    const found = await findSidecars(beside(MAX_SIDECAR_BYTES + 1));
    expect(found).toMatchObject({ ok: false, error: { code: "WEBVTT_INVALID" } });
  });
});

describe("chapters", () => {
  it("are cut to the number and length that a catalog allows", async () => {
    const cue = `00:01.000 --> 00:02.000\n${"x".repeat(MAX_CATALOG_TEXT_CHARS + 1)}\n\n`;
    const text = `WEBVTT\n\n${cue.repeat(MAX_CHAPTERS + 1)}`;
    const path = fileOf("film.chapters.vtt", text, text.length).replace("film.chapters.vtt", "film.mp4");
    const found = await findSidecars(path);
    const chapters = found.ok ? found.value.chapters : [];
    expect(chapters).toHaveLength(MAX_CHAPTERS);
    expect(chapters[0]?.title).toHaveLength(MAX_CATALOG_TEXT_CHARS);
    const schema = CatalogVideo.entries.chapters;
    expect(v.is(schema, chapters)).toBe(true);
    expect(v.is(schema, [...chapters, chapters[0]])).toBe(false);
    expect(v.is(schema, [{ startSeconds: 1, title: "x".repeat(MAX_CATALOG_TEXT_CHARS + 1) }])).toBe(false);
  });
});
