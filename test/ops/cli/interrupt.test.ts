import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { writeBigVideo } from "../support/big-video.ts";
import { type Packed, signalWhen, startVaultctl, succeed } from "../support/vaultctl.ts";
import { filesUnder, openPublisherFixture, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let workshop: PublisherFixture;
let packed: Packed;
beforeAll(async () => {
  workshop = await openPublisherFixture();
  const big = workshop.path("big.mp4");
  writeBigVideo(big, 128, "big");
  packed = await succeed<Packed>(["pack", "--stick", workshop.stick, "--keys", workshop.keys, big]);
});
afterAll(() => workshop.remove());

const hasFiles = (folder: string) => filesUnder(folder).length > 0;

it.each(["SIGINT", "SIGTERM"] as const)("leaves nothing clear behind when extracting gets %s", async (signal) => {
  const folder = workshop.newStick(`out-${signal}`);
  const out = join(folder, "film.mp4");
  const args = ["extract", workshop.stick, packed.videos[0]!.id, "--keys", workshop.keys, "--out", out];
  expect(await signalWhen(startVaultctl(args), signal, () => hasFiles(folder))).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

it("leaves the target of an interrupted copy empty", async () => {
  const to = workshop.newStick("copy");
  const args = ["stick", "copy", workshop.stick, to, "--keys", workshop.keys];
  expect(await signalWhen(startVaultctl(args), "SIGINT", () => hasFiles(to))).toBe(1);
  expect(readdirSync(to)).toEqual([]);
});
