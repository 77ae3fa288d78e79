import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { CatalogVideo } from "../../../src-shared/vault/index.ts";
import { makeFilm, runFfmpeg } from "../support/make-film.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import { filesUnder, HARBOUR, openPublisherFixture, type PublisherFixture } from "../support/publisher-fixture.ts";
import { colorsOf, pictureOf } from "../support/sheet-colors.ts";
import { type Packed, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let film: string;
let short: string;
let packed: Packed;
const onStick = (...rest: string[]) => ["--stick", fixture.stick, "--keys", fixture.keys, ...rest];
const openStick = (stick = fixture.stick) => openAsReader(fixture, stick);
const boardsOf = async (stick?: string) => (await openStick(stick)).catalog.videos.map(({ storyboard }) => storyboard);

beforeAll(async () => {
  fixture = await openPublisherFixture();
  const picture = `${pictureOf(["red", 10], ["blue", 10])} -g 10`;
  film = runFfmpeg(picture, fixture.path("film.mp4"));
  short = makeFilm(fixture.path("short.mp4"), "", 4);
  vi.stubEnv("TMPDIR", fixture.newStick("temporary"));
  packed = await succeed<Packed>(["pack", ...onStick(film, short)]);
});
afterAll(() => {
  vi.unstubAllEnvs();
  fixture.remove();
});

describe("packing a film", () => {
  it("gives it a storyboard whose sheets only this vault's key opens, and none to one under ten seconds", async () => {
    const { catalog, read, vault } = await openStick();
    const [storyboard, none] = await boardsOf();
    expect(none).toBeUndefined();
    const layout = { everySeconds: 10, width: 320, height: 180, columns: 2, rows: 1, count: 2 };
    expect(storyboard).toMatchObject({ ...layout, sheets: [storyboard!.bytes] });
    const picture = await read(storyboard!, "storyboard");
    expect(picture).toHaveLength(storyboard!.bytes);
    expect(colorsOf(picture, 2, 1)).toEqual(["red", "blue"]);
    await expect(read(storyboard!, "poster")).rejects.toThrow(/no key/);
    const named = catalog.videos.flatMap((video) => filesOf(video)).map(({ id }) => id);
    expect(vault.manifest.claims.files.map(({ id }) => id).toSorted()).toEqual(named.toSorted());
  });

  it("leaves no picture in clear, neither on the stick nor in temporary files", async () => {
    const [storyboard] = await boardsOf();
    const clear = await (await openStick()).read(storyboard!, "storyboard");
    for (const name of filesUnder(fixture.stick)) {
      const bytes = readFileSync(join(fixture.stick, name));
      expect(bytes.includes(clear.subarray(0, 32)), name).toBe(false);
    }
    expect(filesUnder(fixture.path("temporary"))).toEqual([]);
  });

  it("shows how many pictures there are, and no key of theirs", async () => {
    expect(packed.videos).toMatchObject([{ storyboard: 2 }, { storyboard: null }]);
    const [storyboard] = await boardsOf();
    const listing = await vaultctl(["ls", fixture.stick, "--keys", fixture.keys, "--json"]);
    expect(listing.json).toMatchObject({ videos: [{ storyboard: 2 }, { storyboard: null }] });
    expect(listing.stdout).not.toContain(storyboard!.key);
  });

  it.each([
    ["with --no-storyboards", true, ["--no-storyboards"], undefined],
    ["without ffmpeg", false, [], /^The seek bar gets no pictures, because ffmpeg is not installed\.$/m],
    ["with an ffmpeg that fails", "exit 1", [], /film\.mp4 gets no pictures on the seek bar: ffmpeg could not/],
  ])("makes none %s, and says so once", async (_what, ffmpeg, options, note) => {
    const stick = fixture.newStick(`without-${typeof ffmpeg}-${options.length}`);
    const tools = fixture.newStick(`tools-${typeof ffmpeg}-${options.length}`);
    const only = (script: string) => writeFileSync(join(tools, "ffmpeg"), script, { mode: 0o755 });
    if (typeof ffmpeg === "string") only(`#!/bin/sh\ncase "$*" in *tile=*) ${ffmpeg};; esac\nexit 0\n`);
    const { PATH } = process.env;
    if (ffmpeg !== true) process.env["PATH"] = tools;
    const films = ffmpeg === false ? [film, HARBOUR] : [film];
    const answer = await vaultctl(["pack", "--stick", stick, "--keys", fixture.keys, ...options, ...films]);
    process.env["PATH"] = PATH;
    expect(answer.code).toBe(0);
    expect(answer.stderr.match(/seek bar/g)?.length ?? 0).toBe(note ? 1 : 0);
    if (note) expect(answer.stderr).toMatch(note);
    expect(await boardsOf(stick)).toEqual(films.map(() => undefined));
  });
});

describe("a storyboard on a stick", () => {
  it("stays as it is when films are added, edited, copied and removed", async () => {
    const [before] = await boardsOf();
    const added = await succeed<Packed>(["add", ...onStick(HARBOUR)]);
    expect(added.videos).toMatchObject([{ storyboard: 2 }, { storyboard: null }, { storyboard: 3 }]);
    const plan = fixture.path("plan.json");
    const { stdout } = await vaultctl(["plan", "--stick", fixture.stick, "--keys", fixture.keys]);
    writeFileSync(plan, stdout.replace('"Film"', '"Renamed"'));
    const { PATH } = process.env;
    process.env["PATH"] = fixture.path("nothing");
    await succeed(["edit", ...onStick("--plan", plan)]);
    const copy = fixture.newStick("copy");
    await succeed(["stick", "copy", fixture.stick, copy, "--keys", fixture.keys]);
    process.env["PATH"] = PATH;
    const { catalog, read } = await openStick(copy);
    expect(catalog.videos[0]).toMatchObject({ title: "Renamed", storyboard: before });
    expect(colorsOf(await read(before!, "storyboard"), 2, 1)).toEqual(["red", "blue"]);
    await succeed(["remove", ...onStick(packed.videos[0]!.id)]);
    const retire = ["--retire", packed.videos[0]!.id];
    await succeed(["stick", "sync", "--master", fixture.stick, "--stick", copy, "--keys", fixture.keys, ...retire]);
    for (const stick of [fixture.stick, copy]) {
      const report = await succeed(["verify", stick, "--trust", fixture.trust]);
      expect(report).toMatchObject({ faults: [], extras: [] });
      expect(filesUnder(stick).some((name) => name.includes(before!.id))).toBe(false);
      const [, harbour] = await boardsOf(stick);
      expect(await (await openStick(stick)).read(harbour!, "storyboard")).toHaveLength(harbour!.bytes);
    }
  });
});

function filesOf({ file, poster, storyboard, subtitles }: CatalogVideo) {
  return [file, ...(poster ? [poster] : []), ...(storyboard ? [storyboard] : []), ...subtitles];
}
