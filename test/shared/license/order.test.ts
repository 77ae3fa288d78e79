import { describe, expect, it } from "vitest";
import type { LedgerHead } from "../../../src-shared/ledger/index.ts";
import { LICENSE_PROFILE, NO_REVOCATIONS, type Surroundings } from "../../../src-shared/license/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import { LICENSE_ID, licenseClaims, licenseIssuer, NOW, ROOTS, signRaw, SURROUNDINGS } from "../../fakes/issuer.ts";
import { testId, testKey } from "../../fakes/test-keys.ts";
import { flipBit, judge, withSegment } from "./cases.ts";

// Everything is wrong at once. Each repair removes the fault that the previous code named, so that the next code shows
// which check comes next (design.md, License).
type Situation = {
  header: object;
  kid: string;
  tampered: boolean;
  claims: object;
  here: Partial<Surroundings>;
  head: Partial<LedgerHead>;
};

const allWrong: Situation = {
  header: { crit: ["exp"] },
  kid: "issuer-9",
  tampered: true,
  claims: {
    ...licenseClaims({ nbf: NOW + DAY }),
    exp: "2026",
    aud: "usb-audio-vault",
    minApp: "9.0.0",
    revMin: 9,
  },
  here: { stickId: testId("other stick"), device: undefined },
  head: {
    licenses: new Map([[LICENSE_ID, { generation: 9, sequence: 9, payloadHash: "" }]]),
    trustedTime: NOW + 10 * DAY,
  },
};

const withClaims = (members: object) => (situation: Situation) => ({
  ...situation,
  claims: { ...situation.claims, ...members },
});
const withHere = (members: Partial<Surroundings>) => (situation: Situation) => ({
  ...situation,
  here: { ...situation.here, ...members },
});

const steps: [code: string, repair: (situation: Situation) => Situation][] = [
  ["MALFORMED", (situation) => ({ ...situation, header: {} })],
  ["KEY_UNKNOWN", (situation) => ({ ...situation, kid: licenseIssuer.root.kid })],
  ["SIGNATURE_INVALID", (situation) => ({ ...situation, tampered: false })],
  ["MALFORMED", withClaims({ exp: licenseClaims().exp })],
  ["WRONG_PRODUCT", withClaims({ aud: licenseClaims().aud })],
  ["APP_TOO_OLD", withHere({ appVersion: "9.0.0" })],
  ["REVOKED", withHere({ revocations: { ...NO_REVOCATIONS, counter: { generation: 1, sequence: 9 } } })],
  ["ROLLED_BACK", (situation) => ({ ...situation, head: { trustedTime: NOW + 10 * DAY } })],
  ["CLOCK", (situation) => ({ ...situation, head: {} })],
  ["NOT_YET_VALID", withClaims({ nbf: NOW - 2 * DAY, exp: NOW - DAY, grace: 0 })],
  ["EXPIRED", withClaims({ exp: NOW + DAY })],
  ["WRONG_STICK", withHere({ stickId: SURROUNDINGS.stickId })],
  ["WRONG_DEVICE", withHere({ device: SURROUNDINGS.device })],
  ["OK", (situation) => situation],
];

function codeIn(situation: Situation): string {
  const header = JSON.stringify({ alg: "EdDSA", kid: situation.kid, typ: LICENSE_PROFILE.typ, ...situation.header });
  const token = signRaw(header, JSON.stringify(situation.claims), licenseIssuer);
  return judge(situation.tampered ? withSegment(token, 2, (segment) => flipBit(segment, 0)) : token, situation).code;
}

describe("the order of the verdict", () => {
  it("is header, key, signature, schema, audience, revocation, rollback, clock, dates, stick, device", () => {
    let situation = allWrong;
    const codes = steps.map(([, repair]) => {
      const code = codeIn(situation);
      situation = repair(situation);
      return code;
    });
    expect(codes).toEqual(steps.map(([code]) => code));
  });

  it("checks the size before anything else", () => {
    expect(judge("x".repeat(81 * 1024)).code).toBe("MALFORMED");
  });

  it("names the license in every refusal after its signature was verified, and in none before", () => {
    let situation = allWrong;
    for (const [code, repair] of steps) {
      const header = JSON.stringify({
        alg: "EdDSA",
        kid: situation.kid,
        typ: LICENSE_PROFILE.typ,
        ...situation.header,
      });
      const token = signRaw(header, JSON.stringify(situation.claims), licenseIssuer);
      const text = situation.tampered ? withSegment(token, 2, (segment) => flipBit(segment, 0)) : token;
      const isRead = !["MALFORMED", "KEY_UNKNOWN", "SIGNATURE_INVALID"].includes(code);
      expect("license" in judge(text, situation), code).toBe(isRead);
      situation = repair(situation);
    }
  });

  it("does not depend on how many other keys are known", () => {
    const roots = [...Array.from({ length: 20 }, (_, i) => testKey(`issuer-x${i}`, "license-issuer").root), ...ROOTS];
    const token = signRaw(
      JSON.stringify({ alg: "EdDSA", kid: licenseIssuer.root.kid, typ: LICENSE_PROFILE.typ }),
      JSON.stringify(licenseClaims()),
      licenseIssuer,
    );
    expect(judge(token, { roots }).code).toBe("OK");
  });
});
