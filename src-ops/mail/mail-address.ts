import { domainToASCII } from "node:url";
import * as v from "valibot";
import { isIPv4, isIPv6 } from "node:net";

/** A mail address in the form that mail servers take. Two writings of one address have the same `address`. */
export type MailAddress = { readonly name: string; readonly address: string };

const MAX_ADDRESS = 254;
const MAX_LOCAL = 64;
// RFC 5321 section 4.1.2, with the letters of all languages (RFC 6531).
const DOT_STRING = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const QUOTED_STRING = /^"(?:[ !#-[\]-~]|\\[ -~])+"$/;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
// `Ann Lee <ann@example.org>`; the name may be in quotes.
const WITH_NAME = /^(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^"<>@,;:]*?))\s*<(?<address>[^<>]+)>$/u;

/**
 * Reads one address, with or without a display name: `root@localhost`, `Ann Lee <ann@example.org>`, `"ann lee"@example.org`,
 * `ann@bücher.example`, `root@[192.0.2.1]`. `undefined`: it is not an address, or more than one.
 */
export function parseMailAddress(text: string): MailAddress | undefined {
  const trimmed = text.trim();
  if (/\p{Cc}/u.test(trimmed)) return undefined;
  const { quoted, plain = "", address: inner } = WITH_NAME.exec(trimmed)?.groups ?? {};
  const name = quoted?.replaceAll(/\\(.)/g, "$1") ?? plain;
  const written = (inner ?? trimmed).trim();
  const at = written.lastIndexOf("@");
  const local = written.slice(0, Math.max(at, 0));
  const domain = domainOf(written.slice(at + 1));
  if (local.length > MAX_LOCAL || !(DOT_STRING.test(local) || QUOTED_STRING.test(local))) return undefined;
  if (domain === undefined || local.length + 1 + domain.length > MAX_ADDRESS) return undefined;
  return { name, address: `${local}@${domain}` };
}

function domainOf(text: string): string | undefined {
  const literal = /^\[(?:IPv6:(?<v6>[^\]]+)|(?<v4>[^\]]+))\]$/i.exec(text)?.groups;
  if (literal) return isIPv4(literal["v4"] ?? "") || isIPv6(literal["v6"] ?? "") ? text : undefined;
  // The conversion also normalises spellings that browsers take, such as `%41.example` or `0x7f.1`: these are no domains.
  if (/[^\p{L}\p{M}\p{N}.-]/u.test(text)) return undefined;
  const domain = domainToASCII(text);
  const labels = domain.split(".");
  if (labels.length > 1 && labels.at(-1) === "") return undefined;
  if (isIPv4(domain) || !labels.every((label) => LABEL.test(label))) return undefined;
  return domain;
}

/** An address as a member of a configuration. */
export const MAIL_ADDRESS = v.pipe(
  v.string(),
  v.transform(parseMailAddress),
  v.custom<MailAddress>(
    (read) => read !== undefined,
    "one mail address, such as ann@example.org or Ann Lee <ann@example.org>",
  ),
);
