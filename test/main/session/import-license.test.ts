import { describe, expect, it } from "vitest";
import { nodeFileSteps } from "../../../src-main/ledger/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import { NOW } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { deviceLicense, passphraseLicense } from "../../fakes/test-vault.ts";
import { activated, putLicense, restart } from "./session-fixture.ts";

const noSpace = () => Promise.reject(Object.assign(new Error("no space left on device"), { code: "ENOSPC" }));
const DISK_FULL = { ...nodeFileSteps, write: noSpace };

type Fixture = Awaited<ReturnType<typeof restart>>;

/** Imports a text, and returns how often each text was judged for it. */
async function countJudgements({ session, judgedTexts }: Fixture, text: string) {
  judgedTexts.length = 0;
  const imported = await session.importLicense(text);
  const counts = new Map<string, number>();
  for (const judged of judgedTexts) counts.set(judged.text, (counts.get(judged.text) ?? 0) + 1);
  return { imported, counts };
}

describe("an imported license is judged exactly once", () => {
  it("if it opens the stick", async () => {
    const computer = await activated();
    const text = await deviceLicense(computer.device, { seq: 6 });
    const { imported, counts } = await countJudgements(await restart(computer), text);
    expect(imported).toMatchObject({ ok: true, value: { code: "OK" } });
    expect([...counts]).toEqual([[text, 1]]);
  });

  it("if the same text is on the stick too, and every other license once", async () => {
    const computer = await activated();
    const text = await deviceLicense(computer.device, { seq: 6 });
    const spare = await passphraseLicense({ lid: testId("spare") });
    putLicense(computer.stick, text);
    putLicense(computer.stick, spare, "spare.uvvlic");
    const { imported, counts } = await countJudgements(await restart(computer), text);
    expect(imported).toMatchObject({ ok: true });
    expect(counts).toEqual(
      new Map([
        [text, 1],
        [spare, 1],
      ]),
    );
  });

  it("if it is refused, and no other license is judged", async () => {
    const computer = await activated();
    const text = await deviceLicense(computer.device, { seq: 6, nbf: NOW - 40 * DAY, exp: NOW - 20 * DAY });
    const { imported, counts } = await countJudgements(await restart(computer), text);
    expect(imported).toEqual({ ok: false, error: "EXPIRED" });
    expect([...counts]).toEqual([[text, 1]]);
  });

  it("if the ledger cannot be written, and the import returns that error", async () => {
    const computer = await activated();
    const fixture = await restart(computer, { files: DISK_FULL });
    const text = await deviceLicense(computer.device, { seq: 6 });
    const { imported, counts } = await countJudgements(fixture, text);
    expect(imported).toEqual({ ok: false, error: "STATE_NOT_WRITTEN" });
    expect(counts.get(text)).toBe(1);
    expect(fixture.session.screen()).toMatchObject({ stage: "locked", refusal: { code: "STATE_NOT_WRITTEN" } });
  });

  it("if the stick is absent, and the import returns that license", async () => {
    const computer = await activated();
    const fixture = await restart(computer);
    await fixture.session.updateCandidates([]);
    const expires = NOW + 300 * DAY;
    const text = await deviceLicense(computer.device, { seq: 6, exp: expires });
    const { imported, counts } = await countJudgements(fixture, text);
    expect(imported).toMatchObject({ ok: true, value: { expires } });
    expect([...counts]).toEqual([[text, 1]]);
  });
});

describe("a change of the imported licenses is reported", () => {
  it("after the license was saved, so that whoever reads them then finds it", async () => {
    const computer = await activated();
    const fixture = await restart(computer);
    const text = await deviceLicense(computer.device, { lid: testId("another"), seq: 6 });
    fixture.savedLicenses.length = 0;
    expect(await fixture.session.importLicense(text)).toMatchObject({ ok: true });
    expect(fixture.savedLicenses.map((names) => names.includes(`${testId("another")}.uvvlic`))).toEqual([true]);
  });

  it("not for a license that is refused", async () => {
    const computer = await activated();
    const fixture = await restart(computer);
    const text = await deviceLicense(computer.device, { seq: 6, nbf: NOW - 40 * DAY, exp: NOW - 20 * DAY });
    fixture.savedLicenses.length = 0;
    expect(await fixture.session.importLicense(text)).toMatchObject({ ok: false });
    expect(fixture.savedLicenses).toEqual([]);
  });
});
