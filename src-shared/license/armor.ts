import { fromBase64url } from "../encoding/base64url.ts";
import { parseStrictJson } from "../encoding/strict-json.ts";
import { MAX_ARMORED_CHARS } from "../limits.ts";
import { err, ok, type Result } from "../result.ts";

/** The kinds of document that are exchanged as text, by mail or paste. */
export type ArmorLabel = "LICENSE" | "ACTIVATION REQUEST" | "REVOCATION LIST" | "RETURN PROOF" | "TELEMETRY ENROLMENT";

const LINE_CHARS = 64;

/** Wraps a token in lines of 64 characters between a BEGIN and an END line. */
export function armor(label: ArmorLabel, token: string): string {
  const lines = token.match(new RegExp(`.{1,${LINE_CHARS}}`, "g")) ?? [];
  return [`-----BEGIN USB VIDEO VAULT ${label}-----`, ...lines, `-----END USB VIDEO VAULT ${label}-----`, ""].join(
    "\n",
  );
}

/** The `typ` in the header of each kind of token. */
const TYP_OF: Readonly<Record<ArmorLabel, string>> = {
  LICENSE: "uvv-license+jws",
  "ACTIVATION REQUEST": "uvv-request+jws",
  "REVOCATION LIST": "uvv-revocations+jws",
  "RETURN PROOF": "uvv-return+jws",
  "TELEMETRY ENROLMENT": "uvv-enrol+jws",
};

/** An Ed25519 signature has 64 bytes: the end of a token is known without the END line. */
const SIGNATURE_CHARS = 86;
/** Headers are much shorter, so only so much before the first dot is searched. */
const MAX_HEADER_CHARS = 1_000;
/** `{"` in base64url: every header begins with it. */
const HEADER_START = "eyJ";

/**
 * Finds the token of this kind in attacker-controlled text, wherever it stands and whatever a mail program did to the text
 * around it: quoted, wrapped, as quoted-printable or HTML, with invisible characters, with its BEGIN and END lines damaged or
 * lost. The token itself is not repaired, and its signature is checked afterwards. `MALFORMED`: there is none, or it is incomplete.
 */
export function unarmor(label: ArmorLabel, text: string): Result<string, "MALFORMED"> {
  if (text.length === 0 || text.length > MAX_ARMORED_CHARS) return err("MALFORMED");
  // What is not in the alphabet of a token is not part of it.
  const parts = withoutMarkup(text)
    .replaceAll(/[^A-Za-z0-9_.-]/g, "")
    .split(".");
  for (const [index, before] of parts.entries()) {
    const [payload, after] = [parts[index + 1], parts[index + 2]];
    if (!payload || !after || after.length < SIGNATURE_CHARS) continue;
    const header = headerAtEnd(before.slice(-MAX_HEADER_CHARS), TYP_OF[label]);
    if (header !== undefined) return ok(`${header}.${payload}.${after.slice(0, SIGNATURE_CHARS)}`);
  }
  return err("MALFORMED");
}

function headerAtEnd(text: string, typ: string): string | undefined {
  for (let at = text.indexOf(HEADER_START); at >= 0; at = text.indexOf(HEADER_START, at + 1)) {
    const header = text.slice(at);
    const bytes = fromBase64url(header);
    const json = bytes && parseStrictJson(bytes);
    const value = json?.ok ? json.value : null;
    if (value !== null && typeof value === "object" && "typ" in value && value.typ === typ) return header;
  }
  return undefined;
}

/** The text without what mail programs put between the letters of a token. */
function withoutMarkup(text: string): string {
  const decoded = /=\r?\n|=(?:3D|20|2E|C2|E2)/i.test(text) ? fromQuotedPrintable(text) : text;
  return (
    decoded
      .replaceAll(/<[^<>]{0,200}>|&(?:[a-z]{1,8}|#\d{1,6});/gi, "")
      // Marks of quoted lines, also with the initials of the writer.
      .replaceAll(/^(?:[ \t]*[A-Za-z]{0,4}[>|])+/gm, "")
      .replaceAll(/[\u2010-\u2013\u2212]/g, "-")
      // Two hyphens, joined by a program that corrects typing.
      .replaceAll(/[\u2014\u2015]/g, "--")
  );
}

function fromQuotedPrintable(text: string): string {
  return text
    .replaceAll(/=[ \t]*\r?\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
