import { createHash } from "node:crypto";
import { join } from "node:path";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MAX_POLICY_BYTES, parsePolicy, type Policy } from "./policy.ts";
import { type Attempt, fail } from "../failure.ts";

const DEFAULT_POLICY = join(import.meta.dirname, "ring-policy.json");

/** A policy and the hash of its file, which every verdict names. */
export type PolicyFile = { readonly policy: Policy; readonly hash: string };

/** Reads a policy, by default the one that ships with vaultctl. POLICY_INVALID. */
export async function readPolicy(path: string = DEFAULT_POLICY): Promise<Attempt<PolicyFile>> {
  const bytes = await readSmallFile(path, MAX_POLICY_BYTES);
  const policy = bytes && parsePolicy(bytes);
  if (!policy?.ok) {
    const faults = policy?.error.join("; ") ?? "it does not exist, or is not a regular file of at most 64 KiB";
    const help = "See docs/formats/ring-policy.md for its members.";
    return fail("POLICY_INVALID", `${path} is not a ring policy: ${faults}. ${help}`);
  }
  return ok({
    policy: policy.value,
    hash: createHash("sha256")
      .update(bytes as Uint8Array)
      .digest("hex"),
  });
}
