import * as v from "valibot";
import type { Json } from "../encoding/strict-json.ts";
import type { Ring } from "../license/index.ts";
import { err, ok, type Result } from "../result.ts";
import { Generation } from "./document.ts";

/** The roles that `targets` delegates to, each terminating, with the paths that it may sign and nothing else. */
export const DELEGATIONS = {
  builds: ["builds/*/*"],
  ring0: ["rings/ring0/*"],
  ring1: ["rings/ring1/*"],
  ga: ["rings/ga/*"],
  halt: ["halts/*/*"],
  lists: ["lists/*"],
} as const satisfies { readonly [role: string]: readonly string[] } & { readonly [ring in Ring]: readonly string[] };
export type DelegatedRoleName = keyof typeof DELEGATIONS;

export const TOP_ROLES = ["root", "timestamp", "snapshot", "targets"] as const;
export type FeedRole = (typeof TOP_ROLES)[number] | DelegatedRoleName;

export const REVOCATIONS_PATH = "lists/revocations.uvvrev";
export const KEYS_PATH = "lists/keys.uvvkeys";

/**
 * The member of a role's entry in its parent (`roles.<name>` of root, `delegations.roles[]` of targets) that contains
 * the key generation of all counters under that role. The role's own keys cannot raise it.
 */
export const GENERATION_MEMBER = "uvv:generation";

/** The generation in a role's entry; 1 if it has none. */
export function parseGeneration(entry: Readonly<Record<string, Json>>): Result<number, "MALFORMED"> {
  if (!(GENERATION_MEMBER in entry)) return ok(1);
  const generation = v.safeParse(Generation, entry[GENERATION_MEMBER]);
  return generation.success ? ok(generation.output) : err("MALFORMED");
}
