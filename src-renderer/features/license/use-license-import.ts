import { useState } from "react";
import type { LicenseView } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import type { ProblemCode } from "../../i18n/index.ts";

/** The result of the latest attempt. `license` is `null` where only the passphrase is missing. */
export type ImportOutcome =
  | { readonly kind: "imported"; readonly license: LicenseView | null }
  | { readonly kind: "refused"; readonly code: ProblemCode };

type Answer = { ok: true; value: LicenseView | null } | { ok: false; error: { code: ProblemCode | "CANCELLED" } };

export type LicenseImport = {
  readonly checking: boolean;
  readonly outcome: ImportOutcome | null;
  importText: (text: string) => void;
  refuseTooLarge: () => void;
  chooseFile: () => void;
  forget: () => void;
};

/** Imports licenses, one at a time, and keeps the result of the latest attempt. */
export function useLicenseImport(): LicenseImport {
  const bridge = useBridge();
  const [checking, setChecking] = useState(false);
  const [outcome, setOutcome] = useState<ImportOutcome | null>(null);

  async function attempt(answer: Promise<Answer>): Promise<void> {
    setChecking(true);
    const reply = await answer;
    setChecking(false);
    if (reply.ok) setOutcome({ kind: "imported", license: reply.value });
    else if (reply.error.code !== "CANCELLED") setOutcome({ kind: "refused", code: reply.error.code });
  }

  return {
    checking,
    outcome,
    importText: (text) => void attempt(bridge.call("license.import", { text })),
    refuseTooLarge: () => setOutcome({ kind: "refused", code: "MALFORMED" }),
    chooseFile: () => void attempt(bridge.call("license.choose-file", undefined)),
    forget: () => setOutcome(null),
  };
}
