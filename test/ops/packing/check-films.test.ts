import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeFilm } from "../support/make-film.ts";
import { HARBOUR, MPEG4, openPublisherFixture, type PublisherFixture, TIDES } from "../support/publisher-fixture.ts";
import { refusal, succeed, vaultctl } from "../support/vaultctl.ts";

let fixture: PublisherFixture;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

it("pack --check tells of every file what would happen, and goes on after one that would be refused", async () => {
  const half = fixture.path("half.mp4");
  writeFileSync(half, readFileSync(HARBOUR).subarray(0, 500_000));
  const answer = await vaultctl(["pack", "--check", "--json", half, MPEG4, TIDES]);
  expect(answer.code).toBe(1);
  expect(answer.json).toMatchObject({
    error: { code: "FILMS_REFUSED", message: expect.stringContaining("2 of 3") },
    films: [
      { path: half, packed: false, code: "SOURCE_INCOMPLETE" },
      { path: MPEG4, packed: false, code: "CODEC_UNSUPPORTED" },
      { path: TIDES, packed: true, durationSeconds: 12.007, notes: [] },
    ],
  });
});

it("a refusal says what --convert would do with each track, and pack --check --convert estimates it", async () => {
  const ac3 = makeFilm(fixture.path("surround.mkv"), "-c:a ac3");
  const live = makeFilm(fixture.path("live.mkv"), "-f matroska -live 1");
  const refused = await vaultctl(["pack", "--check", "--json", ac3, live, MPEG4]);
  const cures = [
    "With --convert: video track 1 (h264) is copied, sound track 2 (ac3) becomes AAC.",
    "With --convert: the film is written anew without loss, video track 1 (h264) is copied, sound track 2 (aac) is copied.",
    "With --convert: video track 1 (mpeg4) is encoded as H.264",
  ];
  expect(refused.json).toMatchObject({ films: cures.map((words) => ({ message: expect.stringContaining(words) })) });
  const before = readdirSync(fixture.folder);
  const checked = await succeed<{ films: { conversion: { bytes: number; seconds: number } }[] }>([
    "pack",
    "--check",
    "--convert",
    ac3,
    live,
    MPEG4,
  ]);
  expect(checked).toMatchObject({
    films: [{ packed: true }, { packed: true }, { packed: true, code: "CODEC_UNSUPPORTED" }],
  });
  for (const { conversion } of checked.films) {
    expect(conversion.bytes).toBeGreaterThan(10_000);
    expect(conversion.bytes).toBeLessThan(3_000_000);
    expect(conversion.seconds).toBeLessThan(60);
  }
  expect(readdirSync(fixture.folder)).toEqual(before);
});

it("pack --check needs no stick and writes nothing; pack itself needs a stick", async () => {
  const before = readdirSync(fixture.folder);
  expect(await succeed(["pack", "--check", TIDES])).toMatchObject({ films: [{ packed: true }] });
  expect(readdirSync(fixture.folder)).toEqual(before);
  expect(await refusal(["pack", TIDES])).toBe("USAGE");
});
