import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { writeBigVideo } from "../support/big-video.ts";
import { type Packed, signalWhen, startVaultctl, succeed } from "../support/vaultctl.ts";
import { filesUnder, openPublisherFixture, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  const big = fixture.path("big.mp4");
  writeBigVideo(big, 128, "big");
  packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, big]);
});
afterAll(() => fixture.remove());

const hasFiles = (folder: string) => filesUnder(folder).length > 0;

it.each(["SIGINT", "SIGTERM"] as const)("leaves no unencrypted file behind when extracting gets %s", async (signal) => {
  const folder = fixture.newStick(`out-${signal}`);
  const out = join(folder, "film.mp4");
  const args = ["extract", fixture.stick, packed.videos[0]!.id, "--keys", fixture.keys, "--out", out];
  expect(await signalWhen(startVaultctl(args), signal, () => hasFiles(folder))).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

it("leaves the target of an interrupted copy empty", async () => {
  const to = fixture.newStick("copy");
  const args = ["stick", "copy", fixture.stick, to, "--keys", fixture.keys];
  expect(await signalWhen(startVaultctl(args), "SIGINT", () => hasFiles(to))).toBe(1);
  expect(readdirSync(to)).toEqual([]);
});
