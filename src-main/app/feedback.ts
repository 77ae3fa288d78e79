// Wires feedback for this app: it is sent like telemetry, and only with consent.
import { app } from "electron";
import { randomBytes } from "node:crypto";
import { createFeedback, type Feedback } from "../feedback/index.ts";
import type { AppTelemetry } from "./telemetry.ts";

export type AppFeedbackPorts = {
  readonly data: string;
  readonly telemetry: AppTelemetry;
  readonly diagnostics: () => Promise<string>;
  readonly changed: () => void;
};

export function createAppFeedback({ data, telemetry, diagnostics, changed }: AppFeedbackPorts): Feedback {
  const feedback = createFeedback({
    folder: data,
    version: app.getVersion(),
    here() {
      const { invitation, consent } = telemetry.view();
      return { ring: invitation ?? "ga", hasConsent: consent === "given", session: telemetry.session() };
    },
    send: { feedback: telemetry.sendFeedback, problem: telemetry.sendProblem },
    diagnostics,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    changed,
  });
  void feedback.open();
  return feedback;
}
