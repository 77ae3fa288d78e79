import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { STICK_ID } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { newComputer, putLicense, startSession } from "./session-fixture.ts";

const CLEAR = new Uint8Array(20_000);
const OTHER = testId("other stick");

/** A computer with places for three sticks: two with their own ids, and a copy of the first. */
async function threeSticks() {
  const fixture = startSession(newComputer());
  const [a, b, copy] = ["A", "B", "COPY"].map((name) => join(fixture.data, name)) as [string, string, string];
  const [videoId = ""] = await writeTestVault(a, [{ title: "Harbour", bytes: CLEAR }]);
  await writeTestVault(b, [{ title: "Tides", bytes: CLEAR }], { stickId: OTHER });
  await writeTestVault(copy, [{ title: "Harbour", bytes: CLEAR }]);
  const { session } = fixture;
  const drives = () => session.sticks().map(({ drive }) => drive);
  const choose = (drive: string) => session.choose(session.sticks().find((stick) => stick.drive === drive)?.id ?? 0);
  const shown = () => session.sticks().find(({ current }) => current)?.drive;
  return { ...fixture, a, b, copy, videoId, drives, choose, shown };
}

async function opened(names: readonly ("a" | "b" | "copy")[]) {
  const fixture = await threeSticks();
  putLicense(fixture.a, await passphraseLicense());
  await fixture.session.updateCandidates([fixture.a]);
  await fixture.session.unlock(TEST_PASSPHRASE);
  await fixture.session.updateCandidates(names.map((name) => fixture[name]));
  return fixture;
}

describe("two sticks at once", () => {
  it("are offered when they arrive together, and the chosen one is opened", async () => {
    const { session, a, b, drives, choose, shown } = await threeSticks();
    await session.updateCandidates([a, b]);
    expect(session.screen()).toEqual({ stage: "no-stick", problem: null });
    expect(drives()).toEqual(["A", "B"]);
    expect(await choose("B")).toEqual({ ok: true, value: undefined });
    expect(session.screen()).toMatchObject({ stage: "locked", stick: { stickId: OTHER } });
    await session.updateCandidates([a, b]);
    expect(shown()).toBe("B");
    expect(session.sticks()).toMatchObject([{ access: "unknown" }, { access: "refused", titles: null }]);
  });

  it("the one that was used last is opened without asking, and comes first", async () => {
    const { session, a, b, recent, drives, shown } = await threeSticks();
    recent.push({ stickId: OTHER, label: "Harbour Films", titles: 7 });
    await session.updateCandidates([a, b]);
    expect(shown()).toBe("B");
    expect(drives()).toEqual(["B", "A"]);
    expect(session.sticks()[0]).toMatchObject({ titles: 7 });
  });

  it("one that arrives never takes over", async () => {
    const { session, a, b, shown } = await opened(["a", "b"]);
    expect(session.screen()).toMatchObject({ stage: "catalog" });
    expect(session.stick()).toMatchObject({ titles: 1 });
    expect(session.sticks()).toMatchObject([{ access: "open" }, { access: "unknown" }]);
    expect(shown()).toBe("A");
    await session.updateCandidates([b, a]);
    expect(shown()).toBe("A");
  });

  it("pulling the other one leaves the film alone", async () => {
    const { session, a, videoId, emitted, drives } = await opened(["a", "b"]);
    await session.openVideo(videoId);
    await session.updateCandidates([a]);
    expect(emitted).toEqual([]);
    expect(drives()).toEqual(["A"]);
  });

  it("pulling the one that plays waits for it, although another is there", async () => {
    const { session, a, b, videoId, emitted } = await opened(["a", "b"]);
    await session.openVideo(videoId);
    renameSync(a, `${a}.away`);
    await session.updateCandidates([b]);
    await session.updateCandidates([b]);
    expect(session.screen()).toMatchObject({ stage: "catalog", present: false });
    renameSync(`${a}.away`, a);
    await session.updateCandidates([a, b]);
    expect(session.screen()).toMatchObject({ stage: "catalog", present: true });
    expect(emitted).toEqual([
      { name: "player.fault", videoId, code: "REMOVED" },
      { name: "player.restored", videoId },
    ]);
  });

  it("after one is ejected, the other is offered and not opened", async () => {
    const { session, a, b, drives, choose } = await opened(["a", "b"]);
    await session.close();
    await session.updateCandidates([a, b]);
    expect(session.screen()).toEqual({ stage: "no-stick", problem: null });
    expect(drives()).toEqual(["B"]);
    await choose("B");
    expect(session.screen()).toMatchObject({ stage: "locked" });
  });

  it("pulling one that is locked opens the one that is left", async () => {
    const { session, a, b, choose, shown } = await threeSticks();
    await session.updateCandidates([a, b]);
    await choose("B");
    await session.updateCandidates([a]);
    expect(shown()).toBe("A");
  });

  it("one that is gone cannot be chosen", async () => {
    const { session, a, b, choose } = await threeSticks();
    await session.updateCandidates([a, b]);
    rmSync(b, { recursive: true });
    expect(await choose("B")).toEqual({ ok: false, error: "NO_VAULT" });
    expect(await session.choose(99)).toEqual({ ok: false, error: "NO_VAULT" });
  });
});

describe("a license among several sticks", () => {
  it("opens its own stick, whichever is on the screen", async () => {
    const { session, a, b, choose, shown } = await threeSticks();
    await session.updateCandidates([a, b]);
    await choose("B");
    expect(await session.importLicense(await passphraseLicense())).toEqual({ ok: true, value: null });
    expect(shown()).toBe("A");
    expect(session.screen()).toMatchObject({ passphrase: true });
  });

  it("opens its own stick before any is chosen", async () => {
    const { session, a, b, shown } = await threeSticks();
    await session.updateCandidates([a, b]);
    expect(await session.importLicense("no license")).toEqual({ ok: false, error: "MALFORMED" });
    expect(await session.importLicense(await passphraseLicense())).toEqual({ ok: true, value: null });
    expect(shown()).toBe("A");
  });

  it("of a stick that is not there is refused, and the screen stays", async () => {
    const { session, a, b, choose, shown } = await threeSticks();
    await session.updateCandidates([a, b]);
    await choose("B");
    const foreign = await passphraseLicense({ bind: { mode: "stick", stick: testId("a third stick") } });
    expect(await session.importLicense(foreign)).toEqual({ ok: false, error: "WRONG_STICK" });
    expect(shown()).toBe("B");
  });

  it("of a stick that is refused does not leave the film that is open", async () => {
    const { session, shown } = await opened(["a", "b"]);
    const wrong = await passphraseLicense({ aud: "another-product", bind: { mode: "stick", stick: OTHER } });
    expect(await session.importLicense(wrong)).toEqual({ ok: false, error: "WRONG_PRODUCT" });
    expect(shown()).toBe("A");
    expect(session.screen()).toMatchObject({ stage: "catalog" });
  });
});

describe("copies of one stick", () => {
  it("are offered, also when it was used last, and each has the name of its drive", async () => {
    const { session, a, copy, recent, drives, shown } = await threeSticks();
    recent.push({ stickId: STICK_ID, label: "Harbour Films" });
    await session.updateCandidates([a, copy]);
    expect(shown()).toBeUndefined();
    expect(drives()).toEqual(["A", "COPY"]);
  });

  it("of three sticks each can be chosen in turn", async () => {
    const { session, a, b, copy, choose, shown } = await threeSticks();
    await session.updateCandidates([a, b, copy]);
    for (const drive of ["COPY", "B", "A"]) {
      await choose(drive);
      await session.updateCandidates([a, b, copy]);
      expect(shown()).toBe(drive);
    }
  });
});
