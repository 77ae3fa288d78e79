import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { writeBigVideo } from "../support/big-video.ts";
import { mountMemory } from "../support/mounts.ts";
import { type Packed, succeed, vaultctl } from "../support/vaultctl.ts";
import {
  HARBOUR,
  LIGHTHOUSE,
  openPublisherFixture,
  snapshot,
  TIDES,
  type PublisherFixture,
} from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let count = 0;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

function smallStick(options: string, skip: (note: string) => void): string {
  const folder = fixture.path(`small-${++count}`);
  const unmount = mountMemory(folder, options);
  if (!unmount) skip("mounting a tmpfs is not allowed here");
  else onTestFinished(unmount);
  return folder;
}

const answerOf = (command: string, stick: string, ...files: string[]) =>
  vaultctl([command, "--stick", stick, "--keys", fixture.keys, ...files, "--json"]);
const DISK_FULL = { ok: false, error: { code: "DISK_FULL", message: expect.any(String) } };

it("fails before the first byte if the videos would not fit, and shows the sizes", async ({ skip }) => {
  const stick = smallStick("size=16m", skip);
  const big = fixture.path("big.mp4");
  writeBigVideo(big, 24, "big");
  const answer = await answerOf("pack", stick, TIDES, big);
  expect(answer.json).toEqual(DISK_FULL);
  expect(JSON.stringify(answer.json)).toMatch(/16\.8 MB free, but 2\d\.\d MB are needed/);
  expect(readdirSync(stick)).toEqual([]);
});

// Enough space for bytes but not for inodes, which the check in advance cannot detect.
it("leaves an empty stick empty when the disk fills up in the middle", async ({ skip }) => {
  const stick = smallStick("size=64m,nr_inodes=14", skip);
  expect((await answerOf("pack", stick, HARBOUR)).json).toEqual(DISK_FULL);
  expect(readdirSync(stick)).toEqual([]);
});

it("leaves a vault unchanged when the disk fills up in the middle", async ({ skip }) => {
  const stick = smallStick("size=64m,nr_inodes=18", skip);
  await succeed<Packed>(["pack", "--stick", stick, "--keys", fixture.keys, TIDES]);
  const before = snapshot(stick);
  expect((await answerOf("add", stick, HARBOUR, LIGHTHOUSE)).json).toEqual(DISK_FULL);
  expect(snapshot(stick)).toEqual(before);
});

it("leaves the target of a copy empty when the disk fills up in the middle", async ({ skip }) => {
  const from = fixture.newStick("from");
  await succeed(["pack", "--stick", from, "--keys", fixture.keys, HARBOUR]);
  const to = smallStick("size=64m,nr_inodes=10", skip);
  const answer = await vaultctl(["stick", "copy", from, to, "--keys", fixture.keys, "--json"]);
  expect(answer.json).toEqual(DISK_FULL);
  expect(readdirSync(to)).toEqual([]);
});
