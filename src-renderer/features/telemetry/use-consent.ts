import { useState } from "react";
import { useBridge } from "../../bridge/index.tsx";
import type { ProblemCode } from "../../i18n/index.ts";

/** Sends the user's answer to the main process, and tracks its progress. */
export function useConsent() {
  const bridge = useBridge();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);

  async function answer(given: boolean): Promise<void> {
    setBusy(true);
    const reply = await bridge.call("telemetry.consent", { given });
    setBusy(false);
    setProblem(reply.ok ? null : reply.error.code);
  }

  return { busy, problem, answer: (given: boolean) => void answer(given) };
}
