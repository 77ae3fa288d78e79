import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RegisterEntry, toBeListed } from "../../../src-ops/register/index.ts";
import { EMPTY_LEDGER } from "../../../src-shared/ledger/index.ts";
import { decideLicense, NO_REVOCATIONS, parseRevocations, verifyLicense } from "../../../src-shared/license/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import { licenseClaims, licenseToken, NOW, revocationToken, ROOTS, SURROUNDINGS } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";

const terms = {
  sub: "C-1",
  vaultId: "v",
  stickId: "s",
  mode: "device",
  ring: "ga",
  minApp: "0.0.0",
  kid: "k",
  sha256: "",
} as const;
const issued = (lid: string, exp: number, grace: number | undefined, kind: "license" | "renewal" = "license") =>
  ({ kind, lid, seq: 1, exp, grace, ...terms }) as RegisterEntry;
const revoked = (...licenses: string[]): RegisterEntry => ({
  kind: "revocation",
  seq: 1,
  licenses,
  keys: [],
  kid: "r",
  sha256: "",
});
const names = (entries: readonly RegisterEntry[], at: number) => [...toBeListed({ entries }, at)];

describe("a revoked license stays on the list", () => {
  it("until its last day, its days of grace and the tolerance of clocks are over", () => {
    const entries = [issued("a", NOW, 7 * DAY), revoked("a")];
    expect(names(entries, NOW + 8 * DAY - 1)).toEqual(["a"]);
    expect(names(entries, NOW + 8 * DAY)).toEqual([]);
  });

  it("as long as any license of that id is valid, whichever was issued last", () => {
    const long = [issued("a", NOW + 90 * DAY, 0), issued("a", NOW, 0, "renewal"), revoked("a")];
    expect(names(long, NOW + 30 * DAY)).toEqual(["a"]);
    expect(names(long, NOW + 91 * DAY)).toEqual([]);
  });

  it("for ever, if the register does not know it, or not its days of grace", () => {
    expect(names([revoked("a")], 1e10)).toEqual(["a"]);
    expect(names([issued("a", NOW, undefined), revoked("a")], 1e10)).toEqual(["a"]);
    expect(names([issued("a", NOW, undefined), issued("a", NOW, 0, "renewal"), revoked("a")], 1e10)).toEqual(["a"]);
  });
});

it("is refused after that without the list, whatever the clock of the computer says", () => {
  const verified = verifyLicense(licenseToken(), ROOTS);
  if (!verified.ok) throw new Error("the fixture is broken");
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 400 * DAY }),
      fc.integer({ min: 0, max: 60 * DAY }),
      fc.integer({ min: -3 * DAY, max: 3 * DAY }),
      fc.integer({ min: -3 * DAY, max: 3 * DAY }),
      (validFor, grace, listedAfter, clock) => {
        const { lid, iat } = licenseClaims();
        const exp = iat + validFor + 1;
        const at = exp + grace + listedAfter;
        if (names([issued(lid, exp, grace), revoked(lid)], at).length > 0) return;
        const license = { ...verified.value, claims: { ...verified.value.claims, exp, grace } };
        const revocations = { ...NO_REVOCATIONS, counter: { generation: 1, sequence: 2 }, issued: at };
        const here = { ...SURROUNDINGS, now: exp + grace + clock, revocations };
        expect(["EXPIRED", "CLOCK"]).toContain(decideLicense(license, EMPTY_LEDGER, here).code);
      },
    ),
    { numRuns: 2_000 },
  );
});

it("fits into one list with 1,679 others, and with the keys of eight stolen issuers", () => {
  const licenses = Array.from({ length: 1_680 }, (_, index) => testId(`license ${index}`));
  const keys = Array.from({ length: 8 }, (_, index) => `lic-${index}-abcdefgh`);
  const list = parseRevocations(revocationToken({ seq: 9_999, licenses, keys }), ROOTS);
  expect(list.ok && list.value.licenses.size).toBe(1_680);
  const more = Array.from({ length: 40 }, (_, index) => testId(`more ${index}`));
  expect(parseRevocations(revocationToken({ seq: 9_999, licenses: [...licenses, ...more], keys }), ROOTS).ok).toBe(
    false,
  );
});
