import { type Command, InvalidArgumentError, Option } from "commander";

/** Every command answers with one JSON object on request. */
export function withJson(command: Command): Command {
  return command.option("--json", "print one JSON object on standard output, words on standard error");
}

export function stickOption(): Option {
  return new Option("--stick <folder>", "where the stick is").makeOptionMandatory();
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

/** Reads a text of a given form; anything else is a usage error. */
export function textLike(pattern: RegExp, form: string) {
  return (text: string): string => {
    if (pattern.test(text)) return text;
    throw new InvalidArgumentError(`It must be ${form}.`);
  };
}

export const DEVELOPMENT_NOTE = "Note: development keys. A released app refuses what they sign.";
