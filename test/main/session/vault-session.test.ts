import { existsSync, renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MAX_SIDECAR_BYTES } from "../../../src-shared/limits.ts";
import { DAY } from "../../../src-shared/units.ts";
import { SUBTITLE_TYPE } from "../../../src-shared/vault/index.ts";
import { licenseIssuer, licenseToken, NOW, STICK_ID } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";
import {
  deviceLicense,
  passphraseLicense,
  TEST_PASSPHRASE,
  type TestVideo,
  writeTestVault,
} from "../../fakes/test-vault.ts";
import { putLicense, requestDevice, setUp } from "./session-fixture.ts";

const CLEAR = new Uint8Array(100_000).map((_, index) => index % 251);

async function openWithPassphrase(sidecars: Pick<TestVideo, "poster" | "subtitle"> = {}) {
  const fixture = setUp();
  const [videoId = ""] = await writeTestVault(fixture.stick, [{ title: "Harbour", bytes: CLEAR, ...sidecars }]);
  putLicense(fixture.stick, await passphraseLicense());
  await fixture.session.updateCandidates([fixture.stick]);
  expect(await fixture.session.unlock(TEST_PASSPHRASE)).toMatchObject({ ok: true });
  return { ...fixture, videoId };
}

describe("a stick arrives", () => {
  it("asks for a license when there is none", async () => {
    const { session, stick } = setUp();
    await writeTestVault(stick, []);
    await session.updateCandidates([stick]);
    expect(session.screen()).toEqual({
      stage: "locked",
      stick: { stickId: STICK_ID, label: "Harbour Films" },
      refusal: { code: "MISSING", date: null },
      passphrase: false,
    });
  });

  it("asks for the passphrase if a good license is on it, and opens with it", async () => {
    const { session, stick } = setUp();
    await writeTestVault(stick, [{ title: "Harbour", bytes: CLEAR }]);
    putLicense(stick, await passphraseLicense());
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject({ stage: "locked", refusal: null, passphrase: true });
    expect(await session.unlock("something else")).toEqual({ ok: false, error: "PASSPHRASE_WRONG" });
    expect(await session.unlock(TEST_PASSPHRASE)).toMatchObject({ ok: true, value: { code: "OK", ring: "ga" } });
    expect(session.screen()).toMatchObject({ stage: "catalog", present: true });
    expect(await session.list()).toMatchObject({
      ok: true,
      value: { sections: [], items: [{ title: "Harbour", included: true, positionSeconds: 0 }] },
    });
  });

  it("asks for a newer app, and not for another license, if its catalog was written for one", async () => {
    const { session, stick, secrets } = setUp();
    await writeTestVault(stick, [{ title: "Harbour", bytes: CLEAR }], { version: 4 });
    await session.updateCandidates([stick]);
    const tooOld = { ok: false, error: "APP_TOO_OLD" };
    expect(await session.importLicense(await deviceLicense(await requestDevice({ session, secrets })))).toEqual(tooOld);
    expect(session.screen()).toMatchObject({ stage: "locked", refusal: { code: "APP_TOO_OLD" } });

    const another = setUp();
    await writeTestVault(another.stick, [{ title: "Harbour", bytes: CLEAR }], { version: 4 });
    putLicense(another.stick, await passphraseLicense());
    await another.session.updateCandidates([another.stick]);
    expect(await another.session.unlock(TEST_PASSPHRASE)).toEqual(tooOld);
  });

  it("opens without asking if there is a license for this computer", async () => {
    const { session, stick, secrets } = setUp();
    await writeTestVault(stick, [{ title: "Harbour", bytes: CLEAR }]);
    await session.updateCandidates([stick]);
    const text = await deviceLicense(await requestDevice({ session, secrets }));
    expect(await session.importLicense(text)).toMatchObject({ ok: true, value: { code: "OK" } });
    expect(session.screen()).toMatchObject({ stage: "catalog" });
  });

  it("keeps an imported license: no import is needed at the next arrival", async () => {
    const { session, stick } = setUp();
    await writeTestVault(stick, []);
    await session.updateCandidates([stick]);
    expect(await session.importLicense(await passphraseLicense())).toEqual({ ok: true, value: null });
    await session.updateCandidates([]);
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject({ passphrase: true });
  });

  it("refuses a license for another computer", async () => {
    const { session, stick, secrets } = setUp();
    await writeTestVault(stick, []);
    await session.updateCandidates([stick]);
    await requestDevice({ session, secrets });
    expect(await session.importLicense(licenseToken())).toEqual({ ok: false, error: "WRONG_DEVICE" });
    expect(session.screen()).toMatchObject({ refusal: { code: "WRONG_DEVICE" } });
  });

  it.each(["STORE_LOCKED", "STORE_NONE"] as const)(
    "returns %s if a device license needs such a keychain",
    async (fault) => {
      const { session, stick, secrets } = setUp();
      secrets.fault = fault;
      await writeTestVault(stick, []);
      await session.updateCandidates([stick]);
      expect(await session.importLicense(licenseToken())).toEqual({ ok: false, error: fault });
      expect(await session.request()).toEqual({ ok: false, error: fault });
    },
  );

  it("does not save a license that it refused", async () => {
    const { session, stick, data } = setUp();
    await writeTestVault(stick, []);
    await session.updateCandidates([stick]);
    expect(await session.importLicense(licenseToken({ nbf: NOW - 40 * DAY, exp: NOW - 8 * DAY }))).toEqual({
      ok: false,
      error: "EXPIRED",
    });
    expect(existsSync(join(data, "licenses"))).toBe(false);
  });

  it("shows the refusal of a license for this stick rather than of one for another", async () => {
    const { session, stick } = setUp();
    await writeTestVault(stick, []);
    putLicense(stick, await passphraseLicense({ nbf: NOW - 40 * DAY, exp: NOW - 8 * DAY }));
    putLicense(
      stick,
      licenseToken({ bind: { mode: "device", stick: testId("other"), device: "A".repeat(43) } }),
      "z.uvvlic",
    );
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject({ refusal: { code: "EXPIRED", date: NOW - 8 * DAY } });
  });

  it("logs the code of a refusal once", async () => {
    const { session, stick, logged } = setUp();
    await writeTestVault(stick, []);
    putLicense(stick, licenseToken({ aud: "another-product" }));
    await session.updateCandidates([stick]);
    await session.updateCandidates([stick]);
    expect(logged.filter((line) => line.includes("WRONG_PRODUCT"))).toHaveLength(1);
  });

  it("reports that no trusted key signed the stick", async () => {
    const { session, stick } = setUp([licenseIssuer.root]);
    await writeTestVault(stick, []);
    await session.updateCandidates([stick]);
    expect(session.screen()).toEqual({ stage: "no-stick", problem: "UNTRUSTED" });
    await session.updateCandidates([]);
    expect(session.screen()).toEqual({ stage: "no-stick", problem: null });
  });

  it("trusts nothing without an anchor", async () => {
    const { session, stick } = setUp([]);
    await writeTestVault(stick, []);
    expect(await session.openFolder(stick)).toEqual({ ok: false, error: "NO_ANCHOR" });
  });

  it("reports an empty folder as such", async () => {
    const { session } = setUp();
    expect(await session.openFolder(temporaryFolder())).toEqual({ ok: false, error: "NO_VAULT" });
  });
});

describe("playing", () => {
  it("serves exactly the clear bytes under an address without id, path or key", async () => {
    const { session, videoId } = await openWithPassphrase();
    const opened = await session.openVideo(videoId);
    if (!opened.ok) throw new Error(opened.error);
    expect(opened.value).toMatchObject({ title: "Harbour", resumeSeconds: 0, subtitles: [{ language: "en" }] });
    expect(opened.value.mediaUrl).toMatch(/^vault:\/\/media\/[A-Za-z0-9_-]{22}$/);
    const media = await session.lookup(opened.value.mediaUrl.slice("vault://media/".length));
    expect(await media?.source.read(10, 50_000)).toEqual({ ok: true, value: CLEAR.slice(10, 50_010) });
  });

  it("withdraws the address when the video is closed", async () => {
    const { session, videoId } = await openWithPassphrase();
    const opened = await session.openVideo(videoId);
    if (!opened.ok) throw new Error(opened.error);
    await session.closeVideo();
    expect(await session.lookup(opened.value.mediaUrl.slice("vault://media/".length))).toBeUndefined();
  });

  it("serves posters", async () => {
    const { session } = await openWithPassphrase();
    const list = await session.list();
    const url = list.ok ? (list.value.items[0]?.posterUrl ?? "") : "";
    const poster = await session.lookup(url.slice("vault://media/".length));
    expect(poster).toMatchObject({ type: "image/svg+xml", source: { size: "<svg>Harbour</svg>".length } });
  });

  it("serves a poster and a subtitle file of the largest size that packing accepts", async () => {
    const sidecar = new Uint8Array(MAX_SIDECAR_BYTES);
    const { session, videoId } = await openWithPassphrase({ poster: sidecar, subtitle: sidecar });
    const list = await session.list();
    const opened = await session.openVideo(videoId);
    if (!list.ok || !opened.ok) throw new Error("it does not open");
    for (const [url, type] of [
      [list.value.items[0]?.posterUrl ?? "", "image/svg+xml"],
      [opened.value.subtitles[0]?.url ?? "", SUBTITLE_TYPE],
    ] as const) {
      const served = await session.lookup(url.slice("vault://media/".length));
      expect(served).toMatchObject({ type, source: { size: MAX_SIDECAR_BYTES } });
    }
  });

  it("shows no poster and no subtitle file of a larger size, which packing refuses", async () => {
    const sidecar = new Uint8Array(MAX_SIDECAR_BYTES + 1);
    const { session, videoId } = await openWithPassphrase({ poster: sidecar, subtitle: sidecar });
    expect(await session.list()).toMatchObject({ ok: true, value: { items: [{ posterUrl: null }] } });
    expect(await session.openVideo(videoId)).toMatchObject({ ok: true, value: { subtitles: [] } });
  });

  it("resumes at the last position, also after a restart, but not in the credits", async () => {
    const { session, stick, videoId } = await openWithPassphrase();
    await session.progress(videoId, 42.5);
    await session.updateCandidates([]);
    await session.close();
    await session.updateCandidates([]);
    await session.updateCandidates([stick]);
    await session.unlock(TEST_PASSPHRASE);
    expect(await session.openVideo(videoId)).toMatchObject({ ok: true, value: { resumeSeconds: 42.5 } });
    await session.progress(videoId, 98);
    expect(await session.list()).toMatchObject({ value: { items: [{ finished: true, positionSeconds: 0 }] } });
  });

  it("does not open a video that the license does not include", async () => {
    const { session, stick } = setUp();
    const [videoId = ""] = await writeTestVault(stick, [{ title: "Harbour", bytes: CLEAR }]);
    putLicense(stick, await passphraseLicense({ entitlements: [testId("another video")] }));
    await session.updateCandidates([stick]);
    await session.unlock(TEST_PASSPHRASE);
    expect(await session.list()).toMatchObject({ value: { items: [{ included: false }] } });
    expect(await session.openVideo(videoId)).toEqual({ ok: false, error: "NOT_ENTITLED" });
  });

  it("reports REMOVED when the stick is removed during playback, and recovers when the same stick is back", async () => {
    const { session, stick, videoId, emitted } = await openWithPassphrase();
    await session.openVideo(videoId);
    renameSync(stick, `${stick}.away`);
    await session.updateCandidates([]);
    expect(session.screen()).toMatchObject({ stage: "catalog", present: false });
    expect(await session.openVideo(videoId)).toEqual({ ok: false, error: "REMOVED" });
    renameSync(`${stick}.away`, stick);
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject({ present: true });
    expect(emitted).toEqual([
      { name: "player.fault", videoId, code: "REMOVED" },
      { name: "player.restored", videoId },
    ]);
    expect(await session.openVideo(videoId)).toMatchObject({ ok: true });
  });

  it("does not mistake another stick with the same label for the one that was removed", async () => {
    const { session, stick, videoId, emitted } = await openWithPassphrase();
    await session.openVideo(videoId);
    rmSync(stick, { recursive: true });
    await session.updateCandidates([]);
    await writeTestVault(stick, [{ title: "Harbour", bytes: CLEAR }], { stickId: testId("other stick") });
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject({
      stage: "locked",
      stick: { label: "Harbour Films", stickId: testId("other stick") },
    });
    expect(emitted).toEqual([{ name: "player.fault", videoId, code: "REMOVED" }]);
  });

  it("reports DAMAGED at once for a video whose part is too short, and still opens the others", async () => {
    const { session, stick } = setUp();
    const [bad = "", good = ""] = await writeTestVault(stick, [
      { title: "Harbour", bytes: CLEAR },
      { title: "Tides", bytes: CLEAR },
    ]);
    truncateSync(join(stick, "VAULT", "data", testId("Harbour video"), "000"), 50_000);
    putLicense(stick, await passphraseLicense());
    await session.updateCandidates([stick]);
    await session.unlock(TEST_PASSPHRASE);
    expect(await session.openVideo(bad)).toEqual({ ok: false, error: "DAMAGED" });
    expect(await session.openVideo(good)).toMatchObject({ ok: true });
  });

  it("reports REMOVED also for a video that could not be read while the stick was being removed", async () => {
    const { session, stick, videoId, emitted } = await openWithPassphrase();
    const opened = await session.openVideo(videoId);
    if (!opened.ok) throw new Error(opened.error);
    const media = await session.lookup(opened.value.mediaUrl.slice("vault://media/".length));
    media?.onFault("UNREADABLE");
    media?.onFault("UNREADABLE");
    renameSync(stick, `${stick}.away`);
    await session.updateCandidates([]);
    await session.updateCandidates([]);
    media?.onFault("GONE");
    expect(emitted).toEqual([
      { name: "player.fault", videoId, code: "UNREADABLE" },
      { name: "player.fault", videoId, code: "REMOVED" },
    ]);
  });

  it("closes the vault when the license expires while a video plays", async () => {
    const { session, stick, videoId, clock } = await openWithPassphrase();
    const opened = await session.openVideo(videoId);
    if (!opened.ok) throw new Error(opened.error);
    clock.now = NOW + 37 * DAY;
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject({ stage: "locked", refusal: { code: "EXPIRED" } });
    expect(await session.lookup(opened.value.mediaUrl.slice("vault://media/".length))).toBeUndefined();
  });
});

describe("leaving", () => {
  it("ignores an ejected stick until it is plugged in again", async () => {
    const { session, stick } = await openWithPassphrase();
    await session.close();
    await session.updateCandidates([stick]);
    expect(session.screen()).toEqual({ stage: "no-stick", problem: null });
    await session.updateCandidates([]);
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject({ stage: "locked" });
  });

  it("forgets the catalog when the vault is closed", async () => {
    const { session } = await openWithPassphrase();
    await session.close();
    expect(await session.list()).toEqual({ ok: false, error: "LOCKED" });
  });
});
