import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { profileOf, DECODERS } from "../../../src-ops/packing/codecs.ts";
import { planVideos } from "../../../src-ops/packing/plan.ts";
import { makePoster } from "../../../src-ops/packing/poster.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { makeFilm, runFfmpeg } from "../support/make-film.ts";

const folder = temporaryFolder(afterAll);
const at = (name: string) => join(folder, name);
const { signal } = new AbortController();

async function plan(path: string) {
  const job = { signal, progress: { show() {}, end() {} }, note() {} };
  const planned = await planVideos(at("stick"), [{ path }], {}, job);
  if (!planned.ok) return { refused: planned.error };
  const [video] = planned.value.videos;
  if (!video) throw new Error("one film gives one plan");
  return video;
}

const PICTURE = "-f lavfi -i testsrc2=s=320x180:r=25:d=4 -c:v libx264 -preset ultrafast -pix_fmt yuv420p";
const TWO_SOUNDS = "-f lavfi -i sine=440:d=4 -f lavfi -i sine=880:d=4 -map 0 -map 1 -map 2";

describe("tracks", () => {
  it("that do not play are left out with a note, if others do", async () => {
    const sounds = PICTURE.replace("-c:v", `${TWO_SOUNDS} -c:a:0 ac3 -c:a:1 aac -c:v`);
    const film = await plan(runFfmpeg(sounds, at("ac3-first.mkv")));
    expect(film).toMatchObject({
      metadata: { codecs: [/^avc1/, "mp4a.40.2"].map((name) => expect.stringMatching(name)) },
    });
    expect(film).toMatchObject({ notes: [expect.stringMatching(/sound track 2 \(AC-3\) is left out/)] });
  });

  it("that are a cover picture are left out with a note", async () => {
    const cover = runFfmpeg("-f lavfi -i color=red:s=200x300:d=1 -frames:v 1", at("cover.jpg"));
    const whole = makeFilm(at("whole.mp4"));
    const film = await plan(runFfmpeg(`-i ${whole} -i ${cover} -map 0 -map 1 -c copy`, at("with-cover.mov")));
    expect(film).toMatchObject({ metadata: { width: 320 }, notes: [expect.stringMatching(/JPEG picture/)] });
  });

  it("of which none is sound that plays refuse the film, and the refusal names the track", async () => {
    const film = await plan(makeFilm(at("ac3.mkv"), "-c:a ac3"));
    expect(film).toMatchObject({ refused: { code: "CODEC_UNSUPPORTED", details: { track: "sound track 2" } } });
  });

  it("in two languages are both kept, with the one that the file prefers", async () => {
    const languages =
      "-metadata:s:a:0 language=eng -metadata:s:a:1 language=fra -disposition:a:0 0 -disposition:a:1 default";
    const film = await plan(runFfmpeg(PICTURE.replace("-c:v", `${TWO_SOUNDS} ${languages} -c:v`), at("languages.mkv")));
    expect(film).toMatchObject({
      metadata: {
        sounds: [
          { language: "en", label: "English", isDefault: false },
          { language: "fr", label: "Français", isDefault: true },
        ],
      },
    });
  });
});

describe("subtitles and chapters inside a film", () => {
  const srt = "1\n00:00:01,000 --> 00:00:02,000\nBonjour\n";
  const chapters =
    ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=2\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1\nSTART=2\nEND=4\ntitle=Two\n";

  it.each([
    ["mkv", "srt"],
    ["mkv", "ass"],
    ["mp4", "mov_text"],
  ])("in %s as %s are taken along", async (container, codec) => {
    writeFileSync(at("inner-text.srt"), srt);
    writeFileSync(at("inner.txt"), chapters);
    const whole = makeFilm(at("for-text.mp4"));
    const inputs = `-i ${whole} -i ${at("inner-text.srt")} -i ${at("inner.txt")} -map 0 -map 1 -map_metadata 2 -map_chapters 2`;
    const film = await plan(
      runFfmpeg(`${inputs} -c copy -c:s ${codec} -metadata:s:s:0 language=fra`, at(`inner-${codec}.${container}`)),
    );
    expect(film).toMatchObject({
      sidecars: {
        subtitles: [{ language: "fr", kind: "full", label: "Français" }],
        chapters: [
          { startSeconds: 0, title: "One" },
          { startSeconds: 2, title: "Two" },
        ],
      },
    });
    if ("sidecars" in film)
      expect(Buffer.from(film.sidecars.subtitles[0]?.bytes ?? []).toString()).toContain("Bonjour");
  });
});

it("the poster of an anamorphic film has the shape in which the film is shown", async () => {
  const film = makeFilm(at("anamorphic.mp4"), "-vf scale=240:180,setsar=16/9");
  const poster = await makePoster(film, { title: "Wide", durationSeconds: 4 }, signal);
  writeFileSync(at("poster.jpg"), poster.bytes);
  // SOF0 of a JPEG: height, then width.
  const bytes = Buffer.from(poster.bytes);
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  expect([bytes.readUInt16BE(frame + 7), bytes.readUInt16BE(frame + 5)]).toEqual([640, 270]);
});

describe("the table of the real decoder", () => {
  it.each([
    ["avc1.640028", "avc1.64"],
    ["avc3.6E0029", "avc1.6e"],
    ["vp09.02.10.10", "vp09.02"],
    ["av01.0.04M.10", "av01.0"],
    ["hev1.1.6.L93.B0", "hvc1.1"],
    ["mp4a.6B", "mp3"],
    ["mp4a.40.42", "mp4a.40.42"],
  ])("asks for %s as %s", (codec, name) => expect(profileOf(codec)).toBe(name));

  it("knows that a profile may not play although its family does", () => {
    expect(DECODERS.sound).toMatchObject({ "mp4a.40.2": true, "mp4a.40.42": false });
    expect(DECODERS.video).toMatchObject({ "avc1.64": true, "hvc1.1": false });
  });
});
