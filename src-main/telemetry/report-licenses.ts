import { artefactHash } from "../log/index.ts";
import type { RefusalCode, RollbackCause } from "../../src-shared/license/index.ts";
import type { SecurityFinding, SessionChange, VerdictCode } from "../../src-shared/telemetry/index.ts";
import type { Milliseconds } from "../../src-shared/units.ts";

/** The verdict on one license text (attacker-controlled). `cause`: why it is `ROLLED_BACK`. */
export type JudgedText = { readonly text: string; readonly code: VerdictCode; readonly cause?: RollbackCause };

type Listener = {
  readonly note: (change: SessionChange) => void;
  readonly report: (finding: SecurityFinding) => void;
};

/** Counts verdicts by code and time, and reports refused artefacts by their hash. */
export function reportLicenses({ note, report }: Listener) {
  return (judged: readonly JudgedText[], tookMs: Milliseconds): void => {
    for (const { text, code, cause } of judged) {
      note({ kind: "verdict", code, tookMs: tookMs / judged.length });
      const what = securityOf(code);
      if (!what) continue;
      const artefact = artefactHash(text, "LICENSE");
      report({ what, subject: "license", code, artefact, ...(cause === undefined ? {} : { cause }) });
    }
  };
}

// `STATE_LOST` is a problem of this computer, not of a license.
function securityOf(code: VerdictCode): SecurityFinding["what"] | undefined {
  const codes: Partial<Record<RefusalCode | "OK" | "GRACE", SecurityFinding["what"]>> = {
    SIGNATURE_INVALID: "signature",
    ROLLED_BACK: "rollback",
  };
  return codes[code];
}
