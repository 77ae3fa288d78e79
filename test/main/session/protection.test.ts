import { describe, expect, it } from "vitest";
import type { AddedProtection, Protection } from "../../../src-shared/protection.ts";
import { NOW } from "../../fakes/issuer.ts";
import { passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { newComputer, putLicense, startSession } from "./session-fixture.ts";

const day = (seconds: number) => {
  const at = new Date(seconds * 1000);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
};

async function opened(protection: Protection, added: AddedProtection | undefined, canBlockCaptures = true) {
  const started = startSession(newComputer(), { canBlockCaptures });
  const { session, stick } = started;
  const [videoId = ""] = await writeTestVault(stick, [{ title: "Harbour", bytes: new Uint8Array(1000) }], {
    protection,
  });
  putLicense(stick, await passphraseLicense(added ? { protection: added } : {}));
  await session.updateCandidates([stick]);
  await session.unlock(TEST_PASSPHRASE);
  return { ...started, videoId };
}

describe("the watermark", () => {
  it.each<[string, Protection["watermark"], AddedProtection | undefined, string | null]>([
    ["of the vault", "corner", undefined, "corner"],
    ["of the license, where it is stricter", "corner", { watermark: "moving" }, "moving"],
    ["of the vault, where that is stricter", "moving", { watermark: "none" }, "moving"],
    ["of neither", "none", undefined, null],
  ])("is that %s", async (_whose, watermark, added, mode) => {
    const { session, videoId } = await opened({ capture: "allow", watermark }, added);
    const text = `customer-0042 · ${"?".repeat(8)} · ${day(NOW)}`;
    const played = await session.openVideo(videoId);
    if (!played.ok) throw new Error(played.error);
    const mark = played.value.watermark;
    expect(mark?.mode ?? null).toBe(mode);
    if (mark) expect(mark.text.replace(/ [a-z2-7]{8} /, ` ${"?".repeat(8)} `)).toBe(text);
    expect(session.screen()).toMatchObject({ protection: { watermark: mode !== null } });
  });
});

describe("captures", () => {
  it("are blocked while the vault is open, and allowed again when it is closed", async () => {
    const { session, stick, captures } = await opened({ capture: "block", watermark: "none" }, undefined);
    expect(captures.at(-1)).toBe(true);
    expect(session.screen()).toMatchObject({ protection: { captures: "blocked" } });
    await session.updateCandidates([]);
    // The catalog stays on the screen.
    expect(captures.at(-1)).toBe(true);
    await session.updateCandidates([stick]);
    await session.close();
    expect(captures.at(-1)).toBe(false);
  });

  it("are never blocked for a vault that allows them, and the license does too", async () => {
    const { session, captures } = await opened({ capture: "allow", watermark: "none" }, undefined);
    expect(captures).not.toContain(true);
    expect(session.screen()).toMatchObject({ protection: { captures: "allowed" } });
  });

  it("that this computer cannot block are told, and the videos play", async () => {
    const { session, videoId } = await opened({ capture: "allow", watermark: "none" }, { capture: "block" }, false);
    expect(session.screen()).toMatchObject({ protection: { captures: "not-blocked" } });
    expect(await session.openVideo(videoId)).toMatchObject({ ok: true });
  });

  it("that must be blocked, and cannot, let nothing play", async () => {
    const { session, videoId } = await opened({ capture: "allow", watermark: "none" }, { capture: "require" }, false);
    expect(await session.openVideo(videoId)).toEqual({ ok: false, error: "CAPTURABLE" });
    const able = await opened({ capture: "require", watermark: "none" }, undefined);
    expect(await able.session.openVideo(able.videoId)).toMatchObject({ ok: true });
  });
});
