import type { CallName } from "../../src-shared/ipc/index.ts";
import type { Feature, SessionChange } from "../../src-shared/telemetry/index.ts";
import type { Handlers } from "../ipc/index.ts";

// The feature that is counted for a successful call.
const FEATURES: Partial<Record<CallName, Feature>> = {
  "player.open": "play",
  "license.request": "activation",
  "license.save-request": "activation",
  "license.unlock": "passphrase",
  "license.return": "return",
  "license.accept-offer": "link",
  "diagnostics.copy": "diagnostics",
};

const FAILED_PLAYS: readonly string[] = ["DAMAGED", "UNREADABLE", "WRONG_KEY"];

/** The same handlers, which also count the use of features. */
export function countCalls(handlers: Handlers, note: (change: SessionChange) => void): Handlers {
  function noteUse(name: CallName, outcome: Awaited<ReturnType<Handlers[CallName]>>): void {
    const feature = FEATURES[name];
    if (outcome.ok && feature) note({ kind: "feature", feature });
    if (name !== "player.open") return;
    if (outcome.ok) note({ kind: "operation", operation: "play", succeeded: true });
    else if (FAILED_PLAYS.includes(outcome.error)) note({ kind: "operation", operation: "play", succeeded: false });
    const isResumed = outcome.ok && outcome.value !== undefined && "resumeSeconds" in Object(outcome.value);
    if (isResumed && (outcome.value as { readonly resumeSeconds: number }).resumeSeconds > 0) {
      note({ kind: "feature", feature: "resume" });
    }
  }

  const counted = Object.entries(handlers).map(([name, handler]) => [
    name,
    async (input: never) => {
      const outcome = await (handler as (input: never) => ReturnType<Handlers[CallName]>)(input);
      noteUse(name as CallName, outcome);
      return outcome;
    },
  ]);
  return Object.fromEntries(counted) as Handlers;
}
