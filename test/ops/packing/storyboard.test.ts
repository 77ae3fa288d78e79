import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { probeVideo } from "../../../src-ops/packing/probe.ts";
import { makeStoryboard } from "../../../src-ops/packing/storyboard.ts";
import { planStoryboard, type StoryboardLayout } from "../../../src-shared/storyboard.ts";
import { HOUR } from "../../../src-shared/units.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { makeFilm, runFfmpeg } from "../support/make-film.ts";
import { colorsOf, pictureOf } from "../support/sheet-colors.ts";

vi.setConfig({ testTimeout: 60_000 });

const folder = temporaryFolder(afterAll);
const at = (name: string) => join(folder, name);
const { signal } = new AbortController();
const FOUR = [
  ["red", 10],
  ["lime", 10],
  ["blue", 10],
  ["white", 10],
] as const;
const COLORS = FOUR.map(([color]) => color);

async function layoutOf(path: string): Promise<StoryboardLayout> {
  const film = await probeVideo(path, signal);
  if (!film.ok) throw new Error(film.error.message);
  const layout = planStoryboard(film.value.metadata);
  if (!layout) throw new Error("the film is long enough");
  return layout;
}

/** The only sheet of a short film, as packing makes it. */
async function sheetOf(path: string) {
  const layout = await layoutOf(path);
  const made = await makeStoryboard({ path, videoIndex: 0, layout }, signal);
  if (!made.ok) throw new Error(made.error);
  expect(made.value).toHaveLength(1);
  return { layout, sheet: made.value[0] as Uint8Array };
}

describe("the pictures of a storyboard", () => {
  it.each([
    ["with a key frame each second", "-g 10", "film.mp4"],
    ["in Matroska", "-g 10", "film.mkv"],
    ["whose only key frame is the first one", "-g 9999 -sc_threshold 0", "one-key-frame.mp4"],
    ["with a few key frames where nothing happens", "-g 9999 -sc_threshold 0 -force_key_frames 2,4", "three.mp4"],
    ["with a variable frame rate", "-g 10 -vf select=lt(t\\,13)+not(mod(n\\,7)) -fps_mode vfr", "variable.mkv"],
    ["that begins later", "-g 10 -output_ts_offset 3", "later.mp4"],
  ])("are of their times in a film %s", async (_what, options, name) => {
    const films = pictureOf(...FOUR).replace(
      "-filter_complex concat=n=4",
      "-filter_complex concat=n=4[all] -map [all]",
    );
    const given = options.includes("-vf")
      ? films.replace("concat=n=4[all]", `concat=n=4,${/-vf (\S+)/.exec(options)?.[1]}[all]`)
      : films;
    const path = runFfmpeg(`${given} ${options.replace(/-vf \S+/, "")}`, at(name));
    const { layout, sheet } = await sheetOf(path);
    expect(colorsOf(sheet, layout.columns, layout.rows).slice(0, 4)).toEqual(COLORS);
  });

  it("repeat the last one where the sound is longer than the picture", async () => {
    const parts = pictureOf(["red", 10], ["lime", 3]).replace(
      "-filter_complex",
      "-f lavfi -i sine=d=45 -filter_complex",
    );
    const path = runFfmpeg(`${parts.replace("concat=n=2", "concat=n=2[all] -map [all] -map 2")} -g 10`, at("tail.mp4"));
    const { layout, sheet } = await sheetOf(path);
    expect(layout.count).toBe(5);
    expect(colorsOf(sheet, 5, 1)).toEqual(["red", "lime", "lime", "lime", "lime"]);
  });

  it("stand on one sheet where the film changes its size in the middle", async () => {
    const [small, large] = [
      runFfmpeg(`${pictureOf(["red", 20])} -g 10`, at("small.ts")),
      runFfmpeg(`${pictureOf(["blue", 20]).replace("320x180", "640x360")} -g 10`, at("large.ts")),
    ];
    const path = runFfmpeg(`-i concat:${small}|${large} -c copy -bsf:v dump_extra`, at("changes.mkv"));
    const layout = { everySeconds: 10, width: 320, height: 180, columns: 4, rows: 1, count: 4 };
    const made = await makeStoryboard({ path, videoIndex: 0, layout }, signal);
    expect(made.ok && made.value.map((sheet) => colorsOf(sheet, 4, 1))).toEqual([["red", "red", "blue", "blue"]]);
  });

  it.each([
    ["turned by its header", "-vf split[a][b];[a]drawbox=w=160:c=red:t=fill[a];[a][b]vstack", "", 180, 320],
    ["of pixels that are wider than high", "-vf scale=240:180,setsar=4/3", "", 320, 180],
  ])("have the shape in which the film is shown: %s", async (what, filter, _options, width, height) => {
    const plain = what.startsWith("turned")
      ? `-f lavfi -i color=red:s=160x180:r=10:d=12 -f lavfi -i color=blue:s=160x180:r=10:d=12 -filter_complex hstack`
      : `-f lavfi -i color=red:s=320x180:r=10:d=12 ${filter}`;
    const encoded = runFfmpeg(`${plain} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 10`, at(`${width}.mp4`));
    const path = what.startsWith("turned")
      ? runFfmpeg(`-i ${encoded} -c copy -metadata:s:v:0 rotate=90`, at("turned.mp4"))
      : encoded;
    const { layout, sheet } = await sheetOf(path);
    expect(layout).toMatchObject({ width, height, columns: 2, rows: 1 });
    if (what.startsWith("turned")) expect(new Set(colorsOf(sheet, 2, 2))).toEqual(new Set(["red", "blue"]));
    if (what.startsWith("turned")) expect(colorsOf(sheet, 2, 2)[0]).toBe(colorsOf(sheet, 2, 2)[1]);
  });

  it("of a film that is a hundred hours long for one second of pictures stay within their bounds", async () => {
    const path = makeFilm(at("one-second.mp4"), "", 1);
    const layout = planStoryboard({ durationSeconds: 100 * HOUR, width: 320, height: 180 })!;
    const made = await makeStoryboard({ path, videoIndex: 0, layout }, signal);
    expect(made.ok && made.value.length).toBe(40);
  });
});

describe("a storyboard is not made", () => {
  const layout = planStoryboard({ durationSeconds: 40, width: 320, height: 180 })!;
  const order = { path: at("any.mp4"), videoIndex: 0, layout };
  afterEach(() => vi.unstubAllEnvs());

  function pretend(name: string, script: string): void {
    const tools = temporaryFolder(afterAll);
    writeFileSync(join(tools, "ffmpeg"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    vi.stubEnv("PATH", name === "missing" ? join(tools, "nothing") : `${tools}:${process.env["PATH"]}`);
  }
  const jpeg = (size: string, frames = 1) =>
    runFfmpeg(`-f lavfi -i color=red:s=${size}:d=1 -frames:v ${frames}`, at(`${size}.jpg`));

  it.each([
    ["of a sound", () => runFfmpeg("-f lavfi -i sine=d=12 -c:a aac", at("sound.mp4"))],
    ["of text", () => (writeFileSync(at("text.mp4"), "No film."), at("text.mp4"))],
    ["of nothing", () => at("gone.mp4")],
  ])("%s", async (_what, make) => {
    expect(await makeStoryboard({ ...order, path: make() }, signal)).toEqual({ ok: false, error: "FAILED" });
  });

  it.each([
    ["where ffmpeg is missing", "missing", () => "", "FFMPEG_MISSING"],
    ["where ffmpeg fails after it wrote something", "fails", () => `cat "${jpeg("1280x180")}"; exit 1`, "FAILED"],
    ["from pictures of another size", "other", () => `cat "${jpeg("1280x200")}"`, "FAILED"],
    ["from a picture that is cut", "cut", () => `head -c 900 "${jpeg("1280x180")}"`, "FAILED"],
    ["from too many sheets", "many", () => `cat "${jpeg("1280x180")}" "${jpeg("1280x180")}"`, "FAILED"],
    ["from no sheets", "none", () => "true", "FAILED"],
    ["by an ffmpeg that never ends to write", "endless", () => "exec cat /dev/zero", "FAILED"],
    ["by an ffmpeg that never ends", "hangs", () => "trap '' TERM; while true; do sleep 1; done", "TOO_SLOW"],
  ])("%s", async (_what, name, script, error) => {
    pretend(name, script());
    expect(await makeStoryboard(order, signal, undefined, 700)).toEqual({ ok: false, error });
  });

  it("after ffmpeg was ended, which is then gone", async () => {
    const pid = at("pid");
    pretend("hangs", `echo $$ > "${pid}"; trap '' TERM; while true; do sleep 0.1; done`);
    const stop = new AbortController();
    const made = makeStoryboard(order, stop.signal);
    await vi.waitFor(() => expect(existsSync(pid) && readFileSync(pid, "utf8")).toMatch(/\n$/));
    stop.abort();
    await expect(made).rejects.toThrow(/abort/i);
    await setTimeout(50);
    expect(() => process.kill(Number(readFileSync(pid, "utf8")), 0)).toThrow(/ESRCH/);
  });
});
