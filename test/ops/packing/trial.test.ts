import { describe, expect, it } from "vitest";
import { judgeTrial } from "../../../src-ops/packing/try-films.ts";
import { LIGHTHOUSE } from "../support/publisher-fixture.ts";
import { probeVideo } from "../../../src-ops/packing/probe.ts";

// What really plays is tested with a real Electron: test/e2e/film-trial.test.ts.
const PLAYED = {
  durationSeconds: 12,
  width: 640,
  height: 360,
  opened: true,
  played: true,
  sought: true,
  pictures: 50,
  picturesAfterSeek: 25,
  soundBytes: 4000,
  error: null,
};

describe("what the app's player did with a film", () => {
  it.each([
    ["played, jumped and sounded", {}, "packed"],
    ["did not open", { opened: false, error: "no supported streams" }, "SOURCE_UNPLAYABLE"],
    ["showed no picture", { pictures: 0 }, "SOURCE_UNPLAYABLE"],
    ["has only sound", { width: 0 }, "SOURCE_UNPLAYABLE"],
    ["stopped in the first second", { played: false }, "SOURCE_UNPLAYABLE"],
    ["was silent", { soundBytes: 0 }, "SOURCE_UNPLAYABLE"],
    ["shows a length that it does not have", { durationSeconds: 3900 }, "SOURCE_MALFORMED"],
    ["did not jump", { sought: false }, "SOURCE_UNSEEKABLE"],
  ])("a film that %s", async (_what, difference, verdict) => {
    const film = await probeVideo(LIGHTHOUSE, new AbortController().signal);
    if (!film.ok) throw new Error(film.error.message);
    const judged = judgeTrial({ path: LIGHTHOUSE, film: film.value }, { ...PLAYED, ...difference });
    expect(judged.ok ? "packed" : judged.error.code).toBe(verdict);
  });
});
