import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { conversionName, openKeptConversions } from "../../../src-ops/packing/kept-conversions.ts";
import { makeFilm, runFfmpeg } from "../support/make-film.ts";
import { filesUnder, MPEG4, openPublisherFixture, type PublisherFixture } from "../support/publisher-fixture.ts";
import { type Packed, refusal, runVaultctl, signalWhen, startVaultctl, succeed } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 60_000 });

let fixture: PublisherFixture;
let count = 0;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

const command = (...rest: string[]) => {
  const stick = fixture.newStick(`stick-${++count}`);
  return ["pack", "--stick", stick, "--keys", fixture.keys, ...rest];
};
const clearCopies = () => readdirSync(fixture.keys).filter((name) => name.startsWith("converting"));

describe("pack --convert", () => {
  it("gives a film without an index one, without loss", async () => {
    const film = makeFilm(fixture.path("live.mkv"), "-f matroska -live 1");
    expect(await refusal(command(film))).toBe("SOURCE_UNSEEKABLE");
    const packed = await succeed<Packed>(command("--convert", film));
    expect(packed.videos).toMatchObject([{ title: "Live", codecs: ["avc1.42c00c", "mp4a.40.2"] }]);
    expect(clearCopies()).toEqual([]);
  });

  it.each([
    ["a codec that does not play", () => MPEG4],
    ["AC-3 sound", () => makeFilm(fixture.path("ac3.mkv"), "-c:a ac3")],
    [
      "HEVC",
      () =>
        runFfmpeg("-f lavfi -i testsrc2=s=320x180:d=2 -c:v libx265 -x265-params log-level=0", fixture.path("hevc.mp4")),
    ],
    ["another container", () => makeFilm(fixture.path("old.avi"), "-c:v mpeg4 -c:a mp3")],
  ])("makes a film that plays of one with %s", async (_what, film) => {
    const path = film();
    await refusal(command(path));
    const { videos } = await succeed<Packed>(command("--convert", "--crf", "30", path));
    expect(videos[0]?.codecs[0]).toMatch(/^avc1\.64|^avc1\.42/);
    expect(clearCopies()).toEqual([]);
  });

  it("takes along the subtitles and chapters of a film that it converts", async () => {
    writeFileSync(fixture.path("text-inside.srt"), "1\n00:00:00,500 --> 00:00:01,500\nHello.\n");
    writeFileSync(
      fixture.path("chapters-inside.txt"),
      ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=First\n",
    );
    const whole = makeFilm(fixture.path("ac3-inside.mkv"), "-c:a ac3");
    const inputs = `-i ${whole} -i ${fixture.path("text-inside.srt")} -i ${fixture.path("chapters-inside.txt")}`;
    const film = runFfmpeg(
      `${inputs} -map 0 -map 1 -map_chapters 2 -metadata:s:s:0 language=fra -c copy`,
      fixture.path("inner.mkv"),
    );
    const { videos } = await succeed<Packed>(command("--convert", film));
    expect(videos).toMatchObject([{ subtitles: [{ language: "fr" }], chapters: [{ title: "First" }] }]);
  });

  it("does not make a whole film of a cut one", async () => {
    const whole = makeFilm(fixture.path("whole.mp4"), "-movflags +faststart");
    const half = fixture.path("half.mp4");
    execFileSync("sh", ["-c", 'head -c 100000 "$0" > "$1"', whole, half]);
    expect(await refusal(command("--convert", half))).toBe("SOURCE_INCOMPLETE");
  });

  it("names ffmpeg where it is missing", async () => {
    const answer = await runVaultctl(command("--convert", MPEG4), { PATH: fixture.path("nothing") });
    expect(answer.stderr).toMatch(/^FFMPEG_MISSING: /m);
  });

  it("does not convert again what a killed run had converted, and nothing of that lies about in clear", async () => {
    const films = ["first.avi", "second.avi"].map((name) => makeFilm(fixture.path(name), "-c:v mpeg4 -c:a mp3", 30));
    const stick = fixture.newStick("resumed");
    const args = ["pack", "--stick", stick, "--keys", fixture.keys, "--convert", ...films];
    // Notes what ffmpeg converts.
    const tools = fixture.newStick("tools");
    const log = fixture.path("conversions.log");
    const real = execFileSync("which", ["ffmpeg"], { encoding: "utf8" }).trim();
    const script = `#!/bin/sh\ncase "$*" in *-progress*libx264*) echo "$*" >> "${log}";; esac\nexec ${real} "$@"\n`;
    writeFileSync(join(tools, "ffmpeg"), script, { mode: 0o755 });
    const env = { PATH: `${tools}:${process.env["PATH"]}` };
    const converted = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
    const folder = join(fixture.keys, "converted");

    await signalWhen(startVaultctl(args, env), "SIGKILL", () => converted().length === 2);
    await expect.poll(clearCopies, { timeout: 15_000 }).toEqual([]);
    const kept = filesUnder(folder);
    expect(kept).toHaveLength(1);
    const sealed = readFileSync(join(folder, kept[0] ?? ""));
    expect(sealed.length).toBeGreaterThan(50_000);
    expect(sealed.includes("matroska")).toBe(false);

    const packed = await runVaultctl(args, env);
    expect(packed.code).toBe(0);
    expect(converted().filter((line) => line.includes("first.avi"))).toHaveLength(1);
    expect(converted().filter((line) => line.includes("second.avi"))).toHaveLength(2);
    expect(filesUnder(folder)).toEqual([]);
    expect(clearCopies()).toEqual([]);
  });

  it("converts again what was kept but changed since", async () => {
    const { keys } = fixture;
    const opened = await openKeptConversions(keys);
    if (!opened.ok) throw new Error(opened.error.code);
    const kept = opened.value;
    const [film, out] = [fixture.path("kept.mkv"), fixture.path("taken.mkv")];
    writeFileSync(film, Buffer.alloc(100_000, 7));
    const signal = new AbortController().signal;
    expect(await kept.take("a", out, signal)).toBe(false);
    expect(await kept.keep("a", film, signal)).toBe(true);
    expect(await kept.take("a", out, signal)).toBe(true);
    expect(readFileSync(out)).toEqual(readFileSync(film));
    const sealed = join(keys, "converted", "a.sealed");
    renameSync(sealed, join(keys, "converted", "b.sealed"));
    expect(await kept.take("b", out, signal)).toBe(false);
    await kept.keep("a", film, signal);
    const bytes = readFileSync(sealed);
    bytes.fill(0, 50_000, 50_010);
    writeFileSync(sealed, bytes);
    expect(await kept.take("a", out, signal)).toBe(false);
    expect(filesUnder(join(keys, "converted"))).toEqual([]);
    expect(conversionName("/a", 1, 2, 20)).not.toBe(conversionName("/a", 1, 3, 20));
  });

  it("leaves no unencrypted copy behind when it is killed", async () => {
    const film = makeFilm(fixture.path("long.avi"), "-c:v mpeg4 -c:a mp3", 60);
    const child = startVaultctl(command("--convert", film));
    const copy = () => clearCopies().some((name) => filesUnder(join(fixture.keys, name)).length > 0);
    await signalWhen(child, "SIGKILL", copy);
    await expect.poll(clearCopies, { timeout: 15_000 }).toEqual([]);
  });
});
