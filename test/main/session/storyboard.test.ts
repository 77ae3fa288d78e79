import { rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { testId } from "../../fakes/test-keys.ts";
import { passphraseLicense, TEST_PASSPHRASE, type TestVideo, writeTestVault } from "../../fakes/test-vault.ts";
import { putLicense, setUp } from "./session-fixture.ts";

const SHEETS = [utf8("the first sheet"), utf8("the second sheet")];
const tokenOf = (url: string) => url.slice("vault://media/".length);

async function setUpWith(video: Pick<TestVideo, "sheets" | "pictures">, entitlements?: string[]) {
  const fixture = setUp();
  const titles = ["Harbour", "Island"].map((title) => ({ title, bytes: new Uint8Array(1000), ...video }));
  const [videoId = "", other = ""] = await writeTestVault(fixture.stick, titles);
  putLicense(fixture.stick, await passphraseLicense(entitlements ? { entitlements } : {}));
  await fixture.session.updateCandidates([fixture.stick]);
  return { ...fixture, videoId, other };
}

async function unlocked(video: Pick<TestVideo, "sheets" | "pictures">) {
  const fixture = await setUpWith(video);
  expect(await fixture.session.unlock(TEST_PASSPHRASE)).toMatchObject({ ok: true });
  const opened = await fixture.session.openVideo(fixture.videoId);
  if (!opened.ok) throw new Error(opened.error);
  return { ...fixture, storyboard: opened.value.storyboard };
}

describe("the storyboard of a video", () => {
  it("is served sheet by sheet while the video is open", async () => {
    const { session, storyboard } = await unlocked({ sheets: SHEETS });
    expect(storyboard).toMatchObject({ everySeconds: 10, columns: 5, rows: 1, count: 10 });
    const served = [];
    for (const url of storyboard!.sheetUrls) served.push(await session.lookup(tokenOf(url)));
    expect(served).toMatchObject(SHEETS.map(({ length: size }) => ({ type: "image/jpeg", source: { size } })));
    const clear = await served[1]!.source.read(0, 100);
    expect(clear).toEqual({ ok: true, value: SHEETS[1] });
    await session.closeVideo();
    for (const url of storyboard!.sheetUrls) expect(await session.lookup(tokenOf(url))).toBeUndefined();
  });

  it("has no key and no file id in it", async () => {
    const { storyboard } = await unlocked({ sheets: SHEETS });
    expect(JSON.stringify(storyboard)).not.toContain(testId("Harbour storyboard"));
    expect(Object.keys(storyboard!).toSorted()).toEqual(
      ["columns", "count", "everySeconds", "height", "rows", "sheetUrls", "width"].toSorted(),
    );
  });

  it("is not there before the vault is unlocked, nor for a video that the license does not include", async () => {
    const locked = await setUpWith({ sheets: SHEETS });
    expect(await locked.session.openVideo(locked.videoId)).toEqual({ ok: false, error: "LOCKED" });
    const { session, other } = await setUpWith({ sheets: SHEETS }, [testId("Harbour")]);
    await session.unlock(TEST_PASSPHRASE);
    expect(await session.openVideo(other)).toEqual({ ok: false, error: "NOT_ENTITLED" });
  });

  it.each([
    ["there is none", {}],
    ["it has a picture too few for the film's length", { sheets: SHEETS, pictures: 9 }],
    ["it has pictures behind the film's end", { sheets: [...SHEETS, ...SHEETS], pictures: 20 }],
    ["it has fewer sheets than pictures", { sheets: SHEETS.slice(1) }],
    ["it has no pictures", { sheets: [], pictures: 0 }],
  ])("is not shown, and the video opens, where %s", async (_what, video) => {
    expect((await unlocked(video)).storyboard).toBeNull();
  });

  it.each([
    ["missing", (file: string) => rmSync(file)],
    ["cut", (file: string) => truncateSync(file, 20)],
  ])("lacks its sheets where their file is %s, without a fault of the player", async (_what, spoil) => {
    const { session, stick, storyboard, emitted } = await unlocked({ sheets: SHEETS });
    spoil(join(stick, "VAULT", "data", testId("Harbour storyboard"), "000"));
    for (const url of storyboard!.sheetUrls) expect(await session.lookup(tokenOf(url))).toBeUndefined();
    expect(JSON.stringify(emitted)).not.toContain("player.fault");
  });
});
