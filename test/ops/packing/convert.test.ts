import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
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

  it("leaves no unencrypted copy behind when it is killed", async () => {
    const film = makeFilm(fixture.path("long.avi"), "-c:v mpeg4 -c:a mp3", 60);
    const child = startVaultctl(command("--convert", film));
    const copy = () => clearCopies().some((name) => filesUnder(join(fixture.keys, name)).length > 0);
    await signalWhen(child, "SIGKILL", copy);
    await expect.poll(clearCopies, { timeout: 15_000 }).toEqual([]);
  });
});
