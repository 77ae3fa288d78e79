import type { RefusalCode } from "../../src-shared/license/index.ts";
import type { SecurityFinding } from "../../src-shared/telemetry/index.ts";
import type { SecurityFacts } from "./facts.ts";

/** What a computer refused. */
export type Finding = SecurityFinding & { readonly machine: string };

/** Whether the register knows an artefact of this hash as a license that is genuine and current. */
export type IsGenuine = (artefact: string) => boolean;

/**
 * Which refusals of a genuine license are the release's fault. All others have an everyday cause: a viewer can bring them
 * about with genuine files, by a wrong clock or with a locked keychain (docs/formats/ring-policy.md).
 */
const FAULT_OF_RELEASE: Readonly<Record<RefusalCode, "always" | "by cause" | "never">> = {
  MISSING: "never",
  MALFORMED: "never",
  KEY_UNKNOWN: "never",
  SIGNATURE_INVALID: "always",
  WRONG_PRODUCT: "never",
  APP_TOO_OLD: "never",
  REVOKED: "never",
  ROLLED_BACK: "by cause",
  CLOCK: "never",
  NOT_YET_VALID: "never",
  EXPIRED: "never",
  WRONG_STICK: "never",
  WRONG_DEVICE: "never",
  STORE_LOCKED: "never",
  STORE_NONE: "never",
  STATE_LOST: "never",
  STATE_NOT_WRITTEN: "never",
  PASSPHRASE_WRONG: "never",
  NOT_ENTITLED: "never",
  PLAY_WINDOW: "never",
};

/** Counts what was refused. An artefact that was altered, or that is older than before, is not the release's fault. */
export function securityOf(findings: readonly Finding[], isGenuine: IsGenuine): SecurityFacts {
  const faults = findings.map((finding) => ({ ...finding, fault: faultOf(finding, isGenuine) }));
  const genuine = faults.filter(({ fault }) => fault === "release");
  const count = (what: Finding["what"]) => genuine.filter((one) => one.what === what).length;
  return {
    genuineMachines: new Set(genuine.map(({ machine }) => machine)).size,
    genuine: { signature: count("signature"), rollback: count("rollback") },
    unexplained: faults.filter(({ fault }) => fault === "unknown").length,
    suspected: faults.filter(({ fault }) => fault === "other").length,
  };
}

function faultOf({ subject, artefact, code, cause }: Finding, isGenuine: IsGenuine): "release" | "other" | "unknown" {
  // Only a license can be compared with the register: the same bytes in the place of another file say nothing.
  if (subject !== "license" || artefact === null || !isGenuine(artefact)) return "other";
  switch (Object.hasOwn(FAULT_OF_RELEASE, code) ? FAULT_OF_RELEASE[code as RefusalCode] : "never") {
    case "always":
      return "release";
    case "by cause":
      // A report without a cause proves nothing: it neither halts the release nor lets it pass.
      return cause === undefined ? "unknown" : cause === "LICENSE" ? "release" : "other";
    case "never":
      return "other";
  }
}
