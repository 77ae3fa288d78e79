import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { languageTag } from "../../../src-ops/packing/sidecar-name.ts";
import { findSidecars } from "../../../src-ops/packing/sidecars.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n";
const SRT = '1\r\n00:00:01,000 --> 00:00:02,000\r\n<font color="red">Tom</font> & <i>Ann</i> {\\an8}<3\r\n\r\n';

/** What is found beside a film of this name, with these files in its folder. */
async function beside(film: string, files: Readonly<Record<string, string | Uint8Array>>, encoding?: string) {
  const folder = join(temporaryFolder(), "films");
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const found = await findSidecars(join(folder, film), encoding);
  if (!found.ok) return { code: found.error.code, message: found.error.message };
  const { subtitles, chapters, notes } = found.value;
  return {
    subtitles: subtitles.map(({ language, kind }) => (kind === "full" ? language : `${language} ${kind}`)),
    texts: subtitles.map(({ bytes }) => Buffer.from(bytes).toString()),
    chapters: chapters.map(({ title }) => title),
    notes: notes.map((note) => note.replace(folder, "")),
  };
}

describe("the name of a subtitle file", () => {
  it.each([
    ["with a decomposed accent beside a composed one", "\u00c9t\u00e9.mp4", "E\u0301te\u0301.fr.vtt", "fr"],
    ["with a composed accent beside a decomposed one", "E\u0301te\u0301.mp4", "\u00c9t\u00e9.fr.vtt", "fr"],
    ["in small letters beside a film in large ones", "Film.MP4", "film.fr.vtt", "fr"],
    ["in large letters", "film.mp4", "FILM.FR.VTT", "fr"],
    ["with three letters for the language", "film.mp4", "film.eng.vtt", "en"],
    ["with the bibliographic letters", "film.mp4", "film.fre.vtt", "fr"],
    ["with an underscore in the language", "film.mp4", "film.pt_br.vtt", "pt-BR"],
    ["with the language's English name", "film.mp4", "film.German.vtt", "de"],
    ["with the language's own name", "film.mp4", "film.français.vtt", "fr"],
    ["without a language", "film.mp4", "film.vtt", "und"],
    ["of forced subtitles", "film.mp4", "film.en.forced.vtt", "en forced"],
    ["with the kind before the language", "film.mp4", "film.forced.en.vtt", "en forced"],
    ["of forced subtitles without a language", "film.mp4", "film.forced.vtt", "und forced"],
    ["for the deaf", "film.mp4", "film.en.sdh.vtt", "en sdh"],
    ["for the deaf, as other programs write it", "film.mp4", "film.en.hi.srt", "en sdh"],
    ["in Hindi", "film.mp4", "film.hi.srt", "hi"],
    ["of a commentary", "film.mp4", "film.en.commentary.vtt", "en commentary"],
    ["with a word that says nothing", "film.mp4", "film.default.en.vtt", "en"],
    ["of a film with dots", "Dr. Who 2.0.mkv", "Dr. Who 2.0.en.vtt", "en"],
  ])("%s", async (_what, film, name, found) => {
    const content = name.endsWith(".srt") ? SRT : VTT;
    expect(await beside(film, { [name]: content })).toMatchObject({ subtitles: [found], notes: [] });
  });

  it("that says the same as another is left out and named, so that two are never shown at once", async () => {
    const found = await beside("film.mp4", { "film.en.vtt": VTT, "film.eng.vtt": VTT, "film.en.srt": SRT });
    expect(found).toMatchObject({
      subtitles: ["en"],
      notes: [/film\.en\.vtt is left out/, /film\.eng\.vtt is left out/].map((name) => expect.stringMatching(name)),
    });
  });

  it("that nobody understands is left out and named; one of another film is not mentioned", async () => {
    const files = { "film.xyzzy.vtt": VTT, "film.ass": "x", "film.2.mp4": "", "film.2.fr.vtt": VTT, "films.vtt": VTT };
    expect(await beside("film.mp4", files)).toMatchObject({
      subtitles: [],
      notes: [expect.stringMatching(/film\.ass is left out: \.ass/), expect.stringMatching(/"xyzzy" is no language/)],
    });
    expect(await beside("film.2.mp4", files)).toMatchObject({ subtitles: ["fr"] });
  });

  it("of chapters may name a language", async () => {
    expect(await beside("film.mp4", { "film.fr.chapters.vtt": VTT })).toMatchObject({
      chapters: ["Hello"],
      subtitles: [],
    });
  });
});

describe("the text of a subtitle file", () => {
  it("in SubRip becomes WebVTT, with italics and without colours", async () => {
    const { texts } = await beside("film.mp4", { "film.en.srt": SRT });
    expect(texts).toEqual(["WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nTom &amp; <i>Ann</i> &lt;3\n"]);
  });

  it("in SubRip without blank lines is divided at its times", async () => {
    const { texts } = await beside("film.mp4", {
      "film.srt": "1\n0:00:01,5 --> 0:00:02,0\nA\n2\n0:00:03,0 --> 0:00:04,0\nB\n",
    });
    expect(texts?.[0]).toContain("00:00:01.500 --> 00:00:02.000\nA\n\n00:00:03.000 --> 00:00:04.000\nB");
  });

  it("in SubRip with a broken time is refused with its line", async () => {
    const { message } = await beside("film.mp4", { "film.srt": "1\n00:00:01 --> 00:00:02,000\nA\n" });
    expect(message).toMatch(/film\.srt, line 2: /);
  });

  it("in Windows-1252 is read if that is said, and otherwise the refusal says how", async () => {
    const latin = Buffer.from("WEBVTT\n\n00:01.000 --> 00:02.000\nd\xe9j\xe0 \x80\n", "latin1");
    expect((await beside("film.mp4", { "film.fr.vtt": latin })).message).toContain("--subtitle-encoding");
    const { texts } = await beside("film.mp4", { "film.fr.vtt": latin }, "windows-1252");
    expect(texts?.[0]).toContain("déjà €");
  });

  it("in UTF-16 with a byte order mark says itself what it is", async () => {
    const { texts } = await beside("film.mp4", { "film.fr.vtt": Buffer.from(`\uFEFF${VTT}`, "utf16le") });
    expect(texts).toEqual([VTT]);
  });

  it("without length is not refused, but named", async () => {
    const vtt = "WEBVTT\n\n00:01.000 --> 00:01.000\nHi\n\n00:04.000 --> 00:06.000\nBye\n";
    const found = await beside("film.mp4", { "film.en.vtt": vtt });
    expect(found).toMatchObject({ subtitles: ["en"], notes: [expect.stringMatching(/the cue at 0:01 has no length/)] });
  });

  it("in a chapter's title is what its reader sees: no tags, no entities", async () => {
    const vtt =
      "WEBVTT\n\n00:00.000 --> 00:04.000\nRock &amp; Roll <i>live</i>\n\n00:04.000 --> 00:08.000\n<v Ann>5 &lt; 6&nbsp;&#33;\n";
    expect(await beside("film.mp4", { "film.chapters.vtt": vtt })).toMatchObject({
      chapters: ["Rock & Roll live", "5 < 6 !"],
    });
  });
});

it.each([
  ["en", "en"],
  ["ger", "de"],
  ["deu", "de"],
  ["chi", "zh"],
  ["zh-Hant", "zh-Hant"],
  ["English", "en"],
  ["nonsense", undefined],
  ["chapters", undefined],
])("the language %s", (text, tag) => expect(languageTag(text)).toBe(tag));
