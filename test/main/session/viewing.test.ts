import { expect, it } from "vitest";
import { testId } from "../../fakes/test-keys.ts";
import { passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { putLicense, setUp } from "./session-fixture.ts";

async function watching(options: Parameters<typeof writeTestVault>[2] = {}) {
  const fixture = setUp();
  const titles = [{ title: "Harbour", bytes: new Uint8Array(1000) }];
  const [videoId = ""] = await writeTestVault(fixture.stick, titles, options);
  putLicense(fixture.stick, await passphraseLicense());
  await fixture.session.updateCandidates([fixture.stick]);
  await fixture.session.unlock(TEST_PASSPHRASE);
  return { ...fixture, videoId };
}

it("keeps what the viewer has chosen while the stick is away, and after a restart, and gives it to nobody while it is locked", async () => {
  const { session, stick } = await watching();
  expect(session.viewing()).toEqual({ ok: true, value: {} });
  expect(await session.changeViewing({ speed: 1.5, queue: [testId("gone")] })).toEqual({ ok: true, value: undefined });
  await session.updateCandidates([]);
  expect(session.viewing()).toMatchObject({ value: { speed: 1.5 } });
  await session.close();
  expect(session.viewing()).toEqual({ ok: false, error: "LOCKED" });
  expect(await session.changeViewing({ speed: 2 })).toEqual({ ok: false, error: "LOCKED" });
  expect(session.bookmarks()).toEqual({ ok: false, error: "LOCKED" });
  await session.updateCandidates([]);
  await session.updateCandidates([stick]);
  expect(session.viewing()).toEqual({ ok: false, error: "LOCKED" });
  await session.unlock(TEST_PASSPHRASE);
  expect(session.viewing()).toEqual({ ok: true, value: { speed: 1.5, queue: [testId("gone")] } });
});

it("writes the bookmarks with the titles of the stick", async () => {
  const { session, videoId } = await watching();
  expect(session.bookmarks()).toEqual({ ok: true, value: "" });
  await session.changeViewing({ bookmarks: [{ videoId, seconds: 62, note: "Le phare" }] });
  expect(session.bookmarks()).toEqual({ ok: true, value: "Harbour\n0:01:02  Le phare\n" });
});

it.each([true, false])(
  "tells the player whether the publisher hides titles outside of the app: %s",
  async (hidesTitles) => {
    const { session, videoId } = await watching({ hidesTitles });
    expect(await session.openVideo(videoId)).toMatchObject({
      ok: true,
      value: { title: "Harbour", hidesTitle: hidesTitles },
    });
  },
);
