import { describe, expect, it } from "vitest";
import { armor, LICENSE_PROFILE } from "../../../src-shared/license/index.ts";
import { KIB } from "../../../src-shared/units.ts";
import { licenseClaims, licenseIssuer, licenseToken, signRaw, signToken } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { judge, withSegment } from "./cases.ts";

const token = licenseToken();
const header = JSON.stringify({ alg: "EdDSA", kid: licenseIssuer.root.kid, typ: LICENSE_PROFILE.typ });
const payload = JSON.stringify(licenseClaims());
/** Validly signed, with this payload text. */
const signed = (text: string | Uint8Array) => signRaw(header, text, licenseIssuer);
/** 64 bytes leave four unused bits in the last letter (A, Q, g or w): the next letter sets one of them. */
const nextLetter = (segment: string) =>
  segment.slice(0, -1) + String.fromCharCode((segment.at(-1) as string).charCodeAt(0) + 1);

const pad = (n: number) => signToken(LICENSE_PROFILE.typ, { ...licenseClaims(), pad: "x".repeat(n) }, licenseIssuer);

describe("the text of a license", () => {
  it("is judged OK as it was issued, bare or in armour", () => {
    expect(judge(token).code).toBe("OK");
    expect(judge(armor("LICENSE", token)).code).toBe("OK");
  });

  it("is MISSING if there is none", () => {
    expect(judge("")).toEqual({ code: "MISSING" });
  });

  const big = licenseToken({ entitlements: Array.from({ length: 200 }, (_, i) => testId(`video ${i}`)) });
  it("may be as large as a license with 200 entitlements", () => {
    expect(judge(big).code).toBe("OK");
  });

  const padded = (size: number) => {
    const start = Math.floor(((size - token.length) * 3) / 4) - 20;
    return Array.from({ length: 40 }, (_, i) => pad(start + i)).findLast((one) => one.length <= size) as string;
  };
  it("may have 16 KiB and not more", () => {
    const largest = padded(16 * KIB);
    const larger = padded(16 * KIB + 2);
    expect(16 * KIB - largest.length).toBeLessThan(2);
    expect(larger.length).toBeGreaterThan(16 * KIB);
    expect(judge(largest).code).toBe("OK");
    expect(judge(larger)).toEqual({ code: "MALFORMED" });
  });

  it.each([
    ["a space only", " "],
    ["two segments", token.split(".").slice(0, 2).join(".")],
    ["four segments", `${token}.AAAA`],
    ["a trailing dot", `${token}.`],
    ["a leading dot", `.${token}`],
    ["an empty header", withSegment(token, 0, () => "")],
    ["an empty payload", withSegment(token, 1, () => "")],
    ["an empty signature", withSegment(token, 2, () => "")],
    ["padding after the signature", `${token}==`],
    ["padding in the header", withSegment(token, 0, (s) => `${s}=`)],
    ["wrong trailing bits in the signature", withSegment(token, 2, nextLetter)],
    ["a space before it", ` ${token}`],
    ["followed by a line break", `${token}\n`],
    ["followed by a carriage return and a line feed", `${token}\r\n`],
    ["a line break inside", `${token.slice(0, 50)}\n${token.slice(50)}`],
    ["a space inside", `${token.slice(0, 50)} ${token.slice(50)}`],
    ["a byte order mark before the bare token", `\ufeff${token}`],
    ["a plus sign", withSegment(token, 1, (s) => `${s.slice(0, -2)}+${s.slice(-1)}`)],
    ["a slash", withSegment(token, 1, (s) => `${s.slice(0, -2)}/${s.slice(-1)}`)],
    ["a JSON serialization", JSON.stringify({ payload: token.split(".")[1], signature: token.split(".")[2] })],
    ["a null character", `${token}\0`],
  ])("is MALFORMED with %s", (_name, text) => {
    expect(text).not.toBe(token);
    expect(judge(text)).toEqual({ code: "MALFORMED" });
  });

  // All of these have a valid signature: only the strict parser of the payload refuses them.
  it.each([
    ["a byte order mark", signed(`\ufeff${payload}`)],
    ["invalid UTF-8", signed(Buffer.from(payload.replace("harbour-films", "harbour\u00ff"), "latin1"))],
    ["a duplicate member", signed(payload.replace("{", '{"seq":1,'))],
    ["a duplicate member written with an escape", signed(payload.replace("{", String.raw`{"\u0073eq":1,`))],
    ["a duplicate nested member", signed(payload.replace('"mode"', '"mode":"device","mode"'))],
    ["__proto__", signed(payload.replace("{", '{"__proto__":{},'))],
    ["a second value", signed(`${payload}{}`)],
    ["a truncated payload", signed(payload.slice(0, -1))],
    ["a list", signed(`[${payload}]`)],
    ["null", signed("null")],
    ["a string", signed('"license"')],
  ])("is MALFORMED if the signed payload is or has %s", (_name, text) => {
    expect(judge(text)).toEqual({ code: "MALFORMED" });
  });
});

describe("armour", () => {
  const good = armor("LICENSE", token);
  it.each([
    ["carriage returns and line feeds", good.replaceAll("\n", "\r\n")],
    ["a byte order mark before it", `\ufeff${good}`],
    ["text around it", `Hello,\nhere it is:\n\n${good}\nBye`],
    ["indentation by a mail program", good.replaceAll("\n", "\n  \t")],
    ["no line breaks", good.replaceAll("\n", "")],
  ])("is accepted with %s", (_name, text) => {
    expect(judge(text).code).toBe("OK");
  });

  it.each([
    ["no end", good.replace("-----END", "----END")],
    ["its end before its beginning", good.split("\n").toReversed().join("\n")],
    ["another label", armor("ACTIVATION REQUEST", token)],
    ["a no-break space inside", good.replace("\n", "\n\u00a0")],
    ["a character beyond the alphabet", good.replace("\n", "\n>")],
    ["nothing inside", armor("LICENSE", "")],
    ["a second license inside", good.replace("\n-----END", `\n${good}\n-----END`)],
    ["padding inside", armor("LICENSE", `${token}=`)],
    ["more than 80 KiB of text", `${"x".repeat(80 * KIB)}${good}`],
  ])("is MALFORMED with %s", (_name, text) => {
    expect(judge(text)).toEqual({ code: "MALFORMED" });
  });

  it("wraps lines at 64 characters", () => {
    const lines = good.trimEnd().split("\n").slice(1, -1);
    expect(lines.join("")).toBe(token);
    expect(lines.slice(0, -1).every((line) => line.length === 64)).toBe(true);
  });
});
