import { useState } from "react";
import type { LicenseView } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import type { ProblemCode } from "../../i18n/index.ts";

/** The result of the latest attempt. `license` is `null` where only the passphrase is missing. */
export type ImportOutcome =
  | { readonly kind: "imported"; readonly license: LicenseView | null }
  | { readonly kind: "refused"; readonly code: ProblemCode };

/** The reply to a request about licenses. */
export type LicenseReply<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly code: ProblemCode | "CANCELLED" } };

export type LicenseImport = {
  readonly checking: boolean;
  readonly outcome: ImportOutcome | null;
  importText: (text: string) => void;
  refuseTooLarge: () => void;
  chooseFile: () => void;
  /** Waits for another request; its refusal replaces the outcome before, its success clears it. */
  attempt: (reply: Promise<LicenseReply>) => Promise<void>;
  forget: () => void;
};

/** Imports licenses, one at a time, and keeps the result of the latest attempt. */
export function useLicenseImport(): LicenseImport {
  const bridge = useBridge();
  const [checking, setChecking] = useState(false);
  const [outcome, setOutcome] = useState<ImportOutcome | null>(null);

  async function settle<T>(request: Promise<LicenseReply<T>>, success: (value: T) => ImportOutcome | null) {
    setChecking(true);
    const reply = await request;
    setChecking(false);
    if (reply.ok) setOutcome(success(reply.value));
    else if (reply.error.code !== "CANCELLED") setOutcome({ kind: "refused", code: reply.error.code });
  }

  return {
    checking,
    outcome,
    importText: (text) => void settle(bridge.call("license.import", { text }), imported),
    refuseTooLarge: () => setOutcome({ kind: "refused", code: "MALFORMED" }),
    chooseFile: () => void settle(bridge.call("license.choose-file", undefined), imported),
    attempt: (reply) => settle(reply, () => null),
    forget: () => setOutcome(null),
  };
}

function imported(license: LicenseView | null): ImportOutcome {
  return { kind: "imported", license };
}
