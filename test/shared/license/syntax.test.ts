import { describe, expect, it } from "vitest";
import { armor, LICENSE_PROFILE } from "../../../src-shared/license/index.ts";
import { KIB } from "../../../src-shared/units.ts";
import { licenseClaims, licenseIssuer, licenseToken, requestToken, signRaw, signToken } from "../../fakes/issuer.ts";
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
    ["an empty header", withSegment(token, 0, () => "")],
    ["an empty payload", withSegment(token, 1, () => "")],
    ["an empty signature", withSegment(token, 2, () => "")],
    ["wrong trailing bits in the signature", withSegment(token, 2, nextLetter)],
    ["a plus sign", withSegment(token, 1, (s) => `${s.slice(0, -2)}+${s.slice(-1)}`)],
    ["a slash", withSegment(token, 1, (s) => `${s.slice(0, -2)}/${s.slice(-1)}`)],
    ["a JSON serialization", JSON.stringify({ payload: token.split(".")[1], signature: token.split(".")[2] })],
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

/** As quoted-printable with lines of 76 characters. */
const quotedPrintable = (text: string) =>
  text.replaceAll("=", "=3D").replaceAll(/^(.{70})(?=.)/gm, (line) => `${line}=\r\n`);

describe("a license in a mail", () => {
  const good = armor("LICENSE", token);
  const lines = good.trimEnd().split("\n");
  const [begin, end] = [lines[0] as string, lines.at(-1) as string];
  const body = lines.slice(1, -1);
  const again = (of: (line: string) => string) => lines.map(of).join("\n");

  it.each([
    ["carriage returns and line feeds", good.replaceAll("\n", "\r\n")],
    ["a byte order mark before it", `\ufeff${good}`],
    ["text around it", `Hello,\nhere it is:\n\n${good}\nBye. See you.`],
    ["indentation by a mail program", good.replaceAll("\n", "\n  \t")],
    ["no line breaks", good.replaceAll("\n", "")],
    ["spaces instead of line breaks", good.replaceAll("\n", " ")],
    ["empty lines between", good.replaceAll("\n", "\n\n")],
    ["quotation marks of an answer", again((line) => `> ${line}`)],
    ["quotation marks of an answer to an answer", again((line) => `> >> ${line}`)],
    ["quotation marks with initials", again((line) => `AB> ${line}`)],
    ["bars as quotation marks", again((line) => `| ${line}`)],
    ["the sentence of an answer before it", `On 1 Dec. 2026, A. wrote:\n${again((line) => `> ${line}`)}`],
    ["no-break spaces", good.replaceAll("\n", "\u00a0\n\u00a0")],
    ["zero-width spaces", again((line) => line.replaceAll(/(?=.)/g, "\u200b"))],
    ["soft hyphens", again((line) => line.replaceAll(/(.{10})/g, "$1\u00ad"))],
    ["a word joiner and a byte order mark inside", again((line) => `\u2060${line}\ufeff`)],
    ["quoted-printable", quotedPrintable(good)],
    ["quoted-printable with encoded spaces", quotedPrintable(good).replaceAll("\r\n", "=20\r\n")],
    ["quoted-printable no-break spaces", again((line) => `=C2=A0${line}`)],
    ["line ends of HTML", good.replaceAll("\n", "<br>")],
    ["paragraphs and entities of HTML", again((line) => `<p style="margin:0">&nbsp;${line}&#8203;</p>`)],
    ["marks of bold text", again((line) => `**${line}**`)],
    ["escapes of Markdown", again((line) => line.replaceAll(/[_-]/g, String.raw`\$&`))],
    ["a dash less at its beginning", good.slice(1)],
    ["no dashes at its ends", good.replaceAll("-----", "")],
    ["long dashes at its ends", good.replaceAll("-----", "\u2014\u2014-")],
    ["short dashes at its ends", good.replaceAll("-----", "\u2013\u2013\u2013")],
    ["hyphens that do not break", again((line) => line.replaceAll("-", "\u2011"))],
    ["two hyphens that became a long dash", good.replaceAll("--", "\u2014")],
    ["its end lost", [begin, ...body].join("\n")],
    ["its beginning lost", [...body, end].join("\n")],
    ["its end cut in half", good.slice(0, -20)],
    ["lower-case lines around it", good.replace(begin, begin.toLowerCase()).replace(end, end.toLowerCase())],
    ["another label", armor("ACTIVATION REQUEST", token)],
    ["padding inside", armor("LICENSE", `${token}=`)],
    ["a second license inside", good.replace("\n-----END", `\n${good}\n-----END`)],
    ["the token alone, followed by a line break", `${token}\n`],
    ["the token alone, wrapped", body.join("\r\n")],
    ["the token alone, in a sentence", `Your license is ${token}. Keep it.`],
    ["the token alone, in quotation marks", `\u201c${token}\u201d`],
    ["the token alone, with a null character", `${token}\0`],
    ["the token alone, with a byte order mark", `\ufeff${token}`],
    ["an activation request before it", `${armor("ACTIVATION REQUEST", requestToken())}\n${good}`],
    ["another word that begins like a token", `eyJ is how it begins: eyJabc ${good}`],
  ])("is found with %s", (_name, text) => {
    expect(judge(text).code).toBe("OK");
  });

  it.each([
    ["its end before its beginning", good.split("\n").toReversed().join("\n")],
    ["nothing inside", armor("LICENSE", "")],
    ["a line lost", [begin, ...body.toSpliced(2, 1), end].join("\n")],
    ["its last line lost", [begin, ...body.slice(0, -1), end].join("\n")],
    ["more than 80 KiB of text", `${"x".repeat(80 * KIB)}${good}`],
    ["an activation request only", armor("LICENSE", requestToken())],
  ])("is not repaired with %s", (_name, text) => {
    expect(judge(text).code).toMatch(/^(MALFORMED|SIGNATURE_INVALID)$/);
  });

  it("takes no long time in text that looks like many tokens", () => {
    const text = "eyJ".repeat((80 * KIB) / 3);
    expect(judge(text).code).toBe("MALFORMED");
    expect(judge(text.replaceAll(/(.{90})/g, "$1.")).code).toBe("MALFORMED");
  });

  it("is wrapped at 64 characters", () => {
    expect(body.join("")).toBe(token);
    expect(body.slice(0, -1).every((line) => line.length === 64)).toBe(true);
  });
});
