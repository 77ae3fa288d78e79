import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
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

it("pack --check needs no stick and writes nothing; pack itself needs a stick", async () => {
  const before = readdirSync(fixture.folder);
  expect(await succeed(["pack", "--check", TIDES])).toMatchObject({ films: [{ packed: true }] });
  expect(readdirSync(fixture.folder)).toEqual(before);
  expect(await refusal(["pack", TIDES])).toBe("USAGE");
});
