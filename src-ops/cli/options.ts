import { isIP } from "node:net";
import { type Command, InvalidArgumentError, Option } from "commander";
import { MAX_ENTITLEMENTS, MAX_GRACE_DAYS } from "../../src-shared/limits.ts";

/** Adds --json: every command can print its result as one JSON object. */
export function withJson(command: Command): Command {
  return command.option("--json", "print one JSON object on standard output, and messages on standard error");
}

export function stickOption(): Option {
  return new Option("--stick <folder>", "the folder of the stick").makeOptionMandatory();
}

export function keysOption(): Option {
  return new Option("--keys <folder>", "the publisher's key folder, made by `keys init`").makeOptionMandatory();
}

export function trustOption(): Option {
  return new Option("--trust <folder>", "public keys to check against (default: the ones compiled in)");
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
export const LICENSE_ID = textLike(/^[a-z2-7]{26}$/, "a license id, 26 letters and digits, as `license list` shows it");
export const KEY_ID = textLike(/^[A-Za-z0-9_-]{1,64}$/, "the kid of a key, as `keys init` showed it");
export const DAYS = wholeNumber(1, 36_500);
export const GRACE_DAYS = wholeNumber(0, MAX_GRACE_DAYS);

// The end of the year 9999: later dates cannot be shown.
export const MOMENT = wholeNumber(0, 253_402_300_799);

export const TOO_MANY_ENTITLEMENTS = `--entitle takes at most ${MAX_ENTITLEMENTS} ids; without it the license is for all videos.`;

/** Reads an option that may be repeated. */
export function repeatable(read: (text: string) => string = (text) => text) {
  return (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), read(text)];
}
