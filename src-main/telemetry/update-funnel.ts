import { join } from "node:path";
import * as v from "valibot";
import { smallStateIn } from "../../src-shared/node/small-state.ts";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";
import { UpdateStep } from "../../src-shared/telemetry/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";

/** The update in progress: which build, as which version, by which document. */
export type UpdateUnderWay = { readonly build: BuildId; readonly version: string; readonly seq: number };

export type UpdateFunnelPorts = {
  readonly folder: string;
  readonly version: string;
  readonly hasConsent: () => boolean;
  readonly report: (step: UpdateStep) => void;
};

/** Counts each step of an update once per build on this computer, even if the next step happens in another run. */
export type UpdateFunnel = {
  /** `code`: the reason of the failure. */
  readonly reach: (step: UpdateStep["step"], update: UpdateUnderWay, code?: string) => Promise<void>;
  /** The page can be used: if an update installed this version here, it is healthy. */
  readonly healthy: () => Promise<void>;
};

const Stored = v.object({
  build: UpdateStep.entries.build,
  version: v.string(),
  seq: UpdateStep.entries.seq,
  steps: v.array(UpdateStep.entries.step),
});

export function createUpdateFunnel({ folder, version, hasConsent, report }: UpdateFunnelPorts): UpdateFunnel {
  const stored = smallStateIn(join(folder, "funnel.json"), Stored);
  const enqueue = createSerialQueue();

  /** One step at a time. A step that cannot be stored is not reported: it would be counted twice. */
  const inTurn = (work: () => Promise<void>): Promise<void> => enqueue(() => attempt(work));

  async function attempt(work: () => Promise<void>): Promise<void> {
    if (!hasConsent()) return;
    try {
      await work();
    } catch (error) {
      if (codeOf(error) === "") throw error;
    }
  }

  async function reach(step: UpdateStep["step"], update: UpdateUnderWay, code: string | null): Promise<void> {
    const before = await stored.read();
    const steps = before?.build === update.build ? before.steps : [];
    if (steps.includes(step)) return;
    await stored.write({ ...update, steps: [...steps, step] });
    report({ step, build: update.build, seq: update.seq, code });
  }

  return {
    reach: (step, update, code) => inTurn(() => reach(step, update, code ?? null)),
    healthy: () =>
      inTurn(async () => {
        const update = await stored.read();
        if (update?.version === version && update.steps.includes("installed")) await reach("healthy", update, null);
      }),
  };
}
