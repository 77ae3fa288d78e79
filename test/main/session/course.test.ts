import { expect, it } from "vitest";
import { NOW } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { putLicense, setUp } from "./session-fixture.ts";

const CLEAR = new Uint8Array(1000);

it("lists the sections and descriptions of a course, in the order of its publisher", async () => {
  const { session, stick } = setUp();
  const sections = [{ title: "Knots", description: "Eight\nknots." }, { title: "Sails" }];
  const videos = [
    { title: "Main", bytes: CLEAR, section: 1 },
    { title: "Welcome", bytes: CLEAR, description: "Begin here." },
  ];
  await writeTestVault(stick, videos, { sections });
  putLicense(stick, await passphraseLicense());
  await session.updateCandidates([stick]);
  await session.unlock(TEST_PASSPHRASE);
  expect(await session.list()).toMatchObject({
    ok: true,
    value: {
      sections: [
        { title: "Knots", description: "Eight\nknots." },
        { title: "Sails", description: "" },
      ],
      items: [
        { title: "Main", section: 1, description: "" },
        { title: "Welcome", section: null, description: "Begin here." },
      ],
    },
  });
});

it("keeps the mark that a viewer sets and takes away, also after a restart", async () => {
  const { session, stick } = setUp();
  const [videoId = ""] = await writeTestVault(stick, [{ title: "Harbour", bytes: CLEAR }]);
  putLicense(stick, await passphraseLicense());
  await session.updateCandidates([stick]);
  await session.unlock(TEST_PASSPHRASE);
  const again = async () => {
    await session.close();
    await session.updateCandidates([]);
    await session.updateCandidates([stick]);
    await session.unlock(TEST_PASSPHRASE);
    return session.list();
  };
  await session.progress(videoId, 42.5);
  expect(await session.mark(videoId, true)).toEqual({ ok: true, value: undefined });
  expect(await again()).toMatchObject({ value: { items: [{ finished: true, positionSeconds: 0, watched: NOW }] } });
  await session.mark(videoId, false);
  expect(await again()).toMatchObject({ value: { items: [{ finished: false, positionSeconds: 0, watched: 0 }] } });
  expect(await session.mark(testId("gone"), true)).toEqual({ ok: false, error: "NOT_FOUND" });
  await session.updateCandidates([]);
  await session.close();
  expect(await session.mark(videoId, true)).toEqual({ ok: false, error: "LOCKED" });
});
