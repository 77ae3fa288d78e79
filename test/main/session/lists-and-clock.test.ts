import { createHash } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DAY } from "../../../src-shared/units.ts";
import { LICENSE_ID, licenseToken, NOW, revocationToken } from "../../fakes/issuer.ts";
import { deviceLicense } from "../../fakes/test-vault.ts";
import { activated, putLicense, putRevocations, restart, startSession } from "./session-fixture.ts";

describe("a revocation list", () => {
  it("applies from then on, also if the stick no longer has it", async () => {
    const computer = await activated();
    putRevocations(computer.stick, revocationToken({ seq: 3, licenses: [LICENSE_ID] }));
    expect((await restart(computer)).code).toBe("REVOKED");
    rmSync(join(computer.stick, "VAULT", "revocations.uvvrev"));
    expect((await restart(computer)).code).toBe("REVOKED");
    putRevocations(computer.stick, revocationToken({ seq: 2 }));
    expect((await restart(computer)).code).toBe("REVOKED");
  });

  it("that is stored does not make a stick without one a rollback", async () => {
    const computer = await activated();
    putRevocations(computer.stick, revocationToken({ seq: 3 }));
    expect((await restart(computer)).code).toBe("catalog");
    rmSync(join(computer.stick, "VAULT", "revocations.uvvrev"));
    expect((await restart(computer)).code).toBe("catalog");
  });

  it("that was removed from this computer too is a rollback", async () => {
    const computer = await activated();
    putRevocations(computer.stick, revocationToken({ seq: 3 }));
    await (await restart(computer)).session.close();
    rmSync(join(computer.stick, "VAULT", "revocations.uvvrev"));
    rmSync(join(computer.data, "revocations.uvvrev"));
    expect((await restart(computer)).code).toBe("ROLLED_BACK");
  });

  it("that was removed here is stored again from the next stick that has it", async () => {
    const computer = await activated();
    putRevocations(computer.stick, revocationToken({ seq: 3 }));
    await (await restart(computer)).session.close();
    rmSync(join(computer.data, "revocations.uvvrev"));
    expect((await restart(computer)).code).toBe("catalog");
    rmSync(join(computer.stick, "VAULT", "revocations.uvvrev"));
    expect((await restart(computer)).code).toBe("catalog");
  });

  it("that is known already does not move the clock's soft mark", async () => {
    const computer = await activated();
    putRevocations(computer.stick, revocationToken({ seq: 3 }));
    putLicense(computer.stick, licenseToken({ aud: "another-product" }));
    await (await restart(computer)).session.close();
    renameSync(join(computer.data, "licenses"), join(computer.data, "away"));
    computer.clock.now = NOW + 4000 * DAY;
    expect((await restart(computer)).code).toBe("WRONG_PRODUCT");
    computer.clock.now = NOW;
    renameSync(join(computer.data, "away"), join(computer.data, "licenses"));
    expect((await restart(computer)).code).toBe("catalog");
  });

  it("that nobody signed has no effect", async () => {
    const computer = await activated();
    const forged = revocationToken({ seq: 9, licenses: [LICENSE_ID] }).slice(0, -4) + "AAAA";
    putRevocations(computer.stick, forged);
    const { code, logged } = await restart(computer);
    expect(code).toBe("catalog");
    const artefact = createHash("sha256").update(forged).digest("hex");
    expect(logged.filter((line) => line.includes("revocations."))).toEqual([
      JSON.stringify({ event: "revocations.refused", code: "SIGNATURE_INVALID", artefact }),
    ]);
  });

  it("that cannot be stored does not raise its counter: the next start is not refused because of it", async () => {
    const computer = await activated();
    const kept = join(computer.data, "revocations.uvvrev");
    putRevocations(computer.stick, revocationToken({ seq: 3 }));
    writeFileSync(join(computer.data, "blocked"), "");
    const fixture = startSession({ ...computer }, { revocationsPath: join(computer.data, "blocked", "list") });
    await fixture.session.updateCandidates([computer.stick]);
    expect(fixture.session.screen().stage).toBe("catalog");
    expect(fixture.logged).toContain('{"event":"revocations.not-kept","code":"EEXIST"}');
    await fixture.session.close();
    rmSync(join(computer.stick, "VAULT", "revocations.uvvrev"));
    rmSync(kept, { force: true });
    expect((await restart(computer)).code).toBe("catalog");
  });
});

describe("the clock", () => {
  it("is refused when set back before the latest time seen, and good again when it is right", async () => {
    const computer = await activated();
    computer.clock.now = NOW + 3 * DAY;
    expect((await restart(computer)).code).toBe("catalog");
    computer.clock.now = NOW + 3 * DAY - 25 * 3600;
    expect((await restart(computer)).code).toBe("CLOCK");
    computer.clock.now = NOW + 3 * DAY - 23 * 3600;
    expect((await restart(computer)).code).toBe("catalog");
  });

  it("does not make an expired license valid again when set back", async () => {
    const computer = await activated();
    computer.clock.now = NOW + 40 * DAY;
    expect((await restart(computer)).code).toBe("EXPIRED");
    computer.clock.now = NOW + 20 * DAY;
    expect((await restart(computer)).code).toBe("CLOCK");
  });

  it("is repaired by a renewal after it was once set too far ahead", async () => {
    const computer = await activated();
    computer.clock.now = NOW + 4000 * DAY;
    expect((await restart(computer)).code).toBe("EXPIRED");
    computer.clock.now = NOW + 2 * DAY;
    const { session, code } = await restart(computer);
    expect(code).toBe("CLOCK");
    const renewal = await deviceLicense(computer.device, { seq: 6, iat: NOW + DAY });
    expect(await session.importLicense(renewal)).toMatchObject({ ok: true, value: { code: "OK" } });
    await session.close();
    expect((await restart(computer)).code).toBe("catalog");
  });

  it("is repaired by a newer revocation list after it was once set too far ahead", async () => {
    const computer = await activated();
    computer.clock.now = NOW + 4000 * DAY;
    await restart(computer);
    computer.clock.now = NOW + 2 * DAY;
    putRevocations(computer.stick, revocationToken({ iat: NOW + DAY }));
    expect((await restart(computer)).code).toBe("catalog");
  });
});
