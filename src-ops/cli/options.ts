import { isIP } from "node:net";
import { type Command, InvalidArgumentError, Option } from "commander";
import { MAX_ENTITLEMENTS, MAX_GRACE_DAYS } from "../../src-shared/limits.ts";
import { CAPTURES, WATERMARKS } from "../../src-shared/protection.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { publicKeysOf } from "../keys/index.ts";
import { type MailAddress, parseMailAddress } from "../mail/index.ts";
import { addDuration, type Duration, parseDuration, parseMoment } from "../calendar.ts";

/** Adds --json: every command can print its result as one JSON object. */
export function withJson(command: Command): Command {
  return command.option("--json", "print one JSON object on standard output, and messages on standard error");
}

export function stickOption(): Option {
  return new Option("--stick <folder>", "the folder of the stick").makeOptionMandatory();
}

export function captureOption(): Option {
  const meaning = "block: where the system can; require: play nothing where it cannot";
  return new Option("--capture <mode>", `screen captures of the window. ${meaning}`).choices(CAPTURES);
}

export function watermarkOption(): Option {
  const meaning = "the customer's number, the license and the date, over the picture";
  return new Option("--watermark <mode>", meaning).choices(WATERMARKS);
}

/** A stick of which only its signed content is needed, so that it need not be there. */
export function namedStickOption(): Option {
  return new Option("--stick <stick>", "the folder of the stick, or its name in `stick list`").makeOptionMandatory();
}

/** Names the key folder for every command without `--keys`. */
export const KEYS_VARIABLE = "VAULTCTL_KEYS";

export function keysOption(): Option {
  return new Option("--keys <folder>", "the publisher's key folder (default: the one that `init` made last)")
    .env(KEYS_VARIABLE)
    .makeOptionMandatory();
}

/** Names the feed for every command without `--repo`. */
export const FEED_VARIABLE = "VAULTCTL_FEED";

/** Names the master for every command without `--master`. */
export const MASTER_VARIABLE = "VAULTCTL_MASTER";

/** A stick or a folder with the vault from which sticks are made. */
export function masterOption(what: string): Option {
  return new Option("--master <folder>", `${what} (default: the one that \`pack --master\` made last)`)
    .env(MASTER_VARIABLE)
    .makeOptionMandatory();
}

/** The feed; `feedLocationOf` refuses a command that needs it and has none. */
export function feedOption(): Option {
  return new Option("--repo <folder>", "the folder of the feed (default: the one that `feed init` made last)").env(
    FEED_VARIABLE,
  );
}

/** The keys, for a command that may do without. */
export function knownKeysOption(): Option {
  return new Option("--keys <folder>", "the publisher's key folder (default: the one that `init` made last)").env(
    KEYS_VARIABLE,
  );
}

export function trustOption(): Option {
  return new Option(
    "--trust <folder>",
    "public keys to check against (default: those of the key folder, or else the ones compiled in)",
  );
}

/** The public keys to check against; `undefined`: the ones compiled in. */
export function anchorOf({ trust, keys }: { readonly trust?: string; readonly keys?: string }): string | undefined {
  return trust ?? (keys === undefined ? undefined : publicKeysOf({ folder: keys }));
}

/** Reads a whole number within bounds; anything else is a usage error. */
export function wholeNumber(minimum: number, maximum: number) {
  return (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}

/**
 * Reads a web address, without a final slash. HTTP without TLS is accepted only for this computer, as in the clients.
 */
export function webAddress(text: string): string {
  const url = URL.parse(text);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "127.0.0.1");
  if (isSafe && url.search === "" && url.hash === "") return text.replace(/\/+$/, "");
  throw new InvalidArgumentError("It must be an https address, or http on 127.0.0.1.");
}

/** Reads where people reach a server: an https address, or http on this computer, without a path. */
export function publicUrl(text: string): string {
  const address = webAddress(text);
  if (URL.parse(address)?.pathname === "/") return address;
  throw new InvalidArgumentError("It must not have a path.");
}

/** Reads the address of a proxy, or a network such as 10.0.0.0/8: a larger one would hold senders too. */
export function proxyAddress(text: string): string {
  const [address = "", bits = "", ...rest] = text.split("/");
  const family = isIP(address);
  const isBits = /^\d{1,3}$/.test(bits) && Number(bits) >= 8 && Number(bits) <= (family === 4 ? 32 : 128);
  if (family !== 0 && rest.length === 0 && (isBits || !text.includes("/"))) return text;
  throw new InvalidArgumentError("It must be an IP address, or a network such as 10.0.0.0/8.");
}

/** Reads a text that matches `pattern`; anything else is a usage error. */
export function textLike(pattern: RegExp, form: string) {
  return (text: string): string => {
    if (pattern.test(text)) return text;
    throw new InvalidArgumentError(`It must be ${form}.`);
  };
}

export const DEVELOPMENT_NOTE = "Note: these are development keys. A released app refuses what they sign.";

export const CUSTOMER = textLike(/^[A-Za-z0-9._-]{1,64}$/, "1 to 64 of the characters A-Z a-z 0-9 . _ -");
export const VERSION = textLike(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/, "a version like 1.2.3");
/** A license id, or the number of a customer who has one license. */
export const LICENSE = textLike(
  /^[A-Za-z0-9._-]{1,64}$/,
  "a license id, as `license list` shows it, or a customer number",
);
export const KEY_ID = textLike(/^[A-Za-z0-9_-]{1,64}$/, "the kid of a key, as `keys init` showed it");
/** The number of a license; after a restore it has thirteen digits and more. */
export const LICENSE_NUMBER = wholeNumber(1, 9e14);
export const DAYS = wholeNumber(1, 36_500);
export const GRACE_DAYS = wholeNumber(0, MAX_GRACE_DAYS);

/** Reads one mail address. */
export function mailAddress(text: string): MailAddress {
  const address = parseMailAddress(text);
  if (address) return address;
  throw new InvalidArgumentError("It must be one mail address, such as ann@example.org or Ann Lee <ann@example.org>.");
}

/** Reads how long a license is valid. */
export function duration(text: string): Duration {
  const value = parseDuration(text);
  if (value) return value;
  throw new InvalidArgumentError("It must be a number of days, or like 6w, 6m, 1y; at most 100 years.");
}

/** Reads when a license ends. */
export function moment(text: string): UnixSeconds {
  const value = parseMoment(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError(
    "It must be a date like 2027-03-31, a time like 2027-03-31T18:00Z, or seconds since 1970.",
  );
}

/** The end that one of `--days` and `--until` names; `undefined` if none or both are given. */
export function endNamedBy(
  { days, until }: { readonly days?: Duration; readonly until?: UnixSeconds },
  now: UnixSeconds,
): UnixSeconds | undefined {
  if ((days === undefined) === (until === undefined)) return undefined;
  return days === undefined ? until : addDuration(now, days);
}

export const DAYS_HELP = "valid for this time from now: a number of days, or 6w, 6m, 1y";
export const UNTIL_HELP = "valid until the end of this day (2027-03-31, UTC), or until this time (2027-03-31T18:00Z)";

export const TOO_MANY_ENTITLEMENTS = `--entitle takes at most ${MAX_ENTITLEMENTS} ids; without it the license is for all videos.`;

/** Reads an option that may be repeated. */
export function repeatable(read: (text: string) => string = (text) => text) {
  return (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), read(text)];
}
