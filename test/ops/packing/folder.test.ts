import { statSync } from "node:fs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { ProgressStep } from "../../../src-ops/job.ts";
import { planVideos } from "../../../src-ops/packing/plan.ts";
import { makeMixedFilms } from "../support/mixed-films.ts";
import { HARBOUR, openPublisherFixture, type PublisherFixture, TIDES } from "../support/publisher-fixture.ts";
import { type Packed, refusal, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 240_000 });

let fixture: PublisherFixture;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

it("shows how much has been read, and of how much, before anything is packed", async () => {
  const shown: ProgressStep[] = [];
  const progress = { show: (step: ProgressStep) => void shown.push(step), end: () => undefined };
  const job = { signal: new AbortController().signal, progress, note: () => undefined };
  const planned = await planVideos(fixture.stick, [{ path: HARBOUR }, { path: TIDES }], {}, job);
  expect(planned.ok).toBe(true);
  const total = statSync(HARBOUR).size + statSync(TIDES).size;
  expect(shown.length).toBeGreaterThan(100);
  expect(shown.every(({ allBytes, allDone }) => allBytes === total && allDone <= total)).toBe(true);
  expect(shown.map(({ allDone }) => allDone)).toEqual(shown.map(({ allDone }) => allDone).toSorted((a, b) => a - b));
  expect(shown.at(-1)).toMatchObject({ name: "tides.webm (reading)" });
  expect(shown.at(-1)?.allDone).toBeGreaterThan(total * 0.9);
});

// All fifty films, and whether they really play: test/long/many-films.test.ts.
it("packs a folder with one command, in its natural order, and names what it leaves out", async () => {
  const folder = fixture.path("films");
  const names = makeMixedFilms(folder, 4);
  const command = ["pack", "--stick", fixture.stick, "--keys", fixture.keys, "--no-trial"];
  expect(await refusal([...command, folder])).toBe("CODEC_UNSUPPORTED");
  const answer = await vaultctl([...command, "--json", "--skip-refused", folder]);
  expect(answer.code).toBe(0);
  const { videos, refused } = answer.json as unknown as Packed & { refused: { code: string; message: string }[] };
  expect(videos.length + refused.length).toBe(names.length);
  expect(videos.map(({ title }) => Number.parseInt(title, 10))).toEqual([1, 5, 9, 13, 17, 21, 25]);
  expect(refused.map(({ code, message }) => `${/\/(\d+) /.exec(message)?.[1]} ${code}`)).toEqual([
    "29 CODEC_UNSUPPORTED",
    "33 CODEC_UNSUPPORTED",
    "37 NOT_A_VIDEO",
    "41 NOT_A_VIDEO",
    "45 SOURCE_INCOMPLETE",
    "49 NOT_A_VIDEO",
  ]);
  expect(answer.stderr).toContain("left out, SOURCE_INCOMPLETE: ");
});
