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

/**
 * Extracts the token from attacker-controlled text. White space inside the armour is dropped (mail programs wrap
 * lines); a leading byte order mark and text around the armour are ignored. Text without armour must be the bare token
 * itself.
 */
export function unarmor(label: ArmorLabel, text: string): Result<string, "MALFORMED"> {
  if (text.length === 0 || text.length > MAX_ARMORED_CHARS) return err("MALFORMED");
  const begin = `-----BEGIN USB VIDEO VAULT ${label}-----`;
  const end = `-----END USB VIDEO VAULT ${label}-----`;
  const start = text.indexOf(begin);
  if (start < 0) return ok(text);
  const stop = text.indexOf(end, start);
  if (stop < 0) return err("MALFORMED");
  return ok(text.slice(start + begin.length, stop).replaceAll(/[ \t\r\n]/g, ""));
}
