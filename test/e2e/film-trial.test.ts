import { join } from "node:path";
import { expect, it } from "vitest";
import { launcherSwitches, readElectronRuntime } from "../../build/electron-runtime.ts";
import { playTrial } from "../../src-ops/packing/trial/index.ts";
import { HARBOUR, LIGHTHOUSE, MPEG4, TIDES } from "../ops/support/publisher-fixture.ts";
import { makeFilm } from "../ops/support/make-film.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const electron = { program: readElectronRuntime().executable, switches: [...launcherSwitches(), "--disable-gpu"] };

it("films are played in a hidden window, at their beginning and in their middle, with picture and sound", async () => {
  const results = await playTrial(electron, [HARBOUR, LIGHTHOUSE, TIDES], AbortSignal.timeout(60_000));
  expect(results).toMatchObject([{ durationSeconds: 30 }, { durationSeconds: 12 }, { width: 640, height: 360 }]);
  for (const result of results) {
    expect(result).toMatchObject({ opened: true, played: true, sought: true, error: null });
    expect(result.picturesAfterSeek).toBeGreaterThan(10);
    expect(result.soundBytes).toBeGreaterThan(1000);
  }
});

it("a film without an index does not jump, and one that no decoder knows has no picture", async () => {
  const live = makeFilm(join(temporaryFolder(), "live.mkv"), "-f matroska -live 1");
  const results = await playTrial(electron, [live, MPEG4], AbortSignal.timeout(100_000));
  expect(results).toMatchObject([
    { opened: true, sought: false },
    { width: 0, pictures: 0 },
  ]);
});
