import type { Milliseconds } from "../../src-shared/units.ts";
import type { WaitPort } from "./ports.ts";
import type { TelemetryQueue } from "./queue.ts";
import { REST_MS } from "../../src-shared/telemetry/index.ts";
import type { SendContext, Transport } from "./transport.ts";

export type DeliveryPorts = {
  readonly queue: TelemetryQueue;
  readonly transport: Pick<Transport, "send">;
  readonly wait: WaitPort;
  /** Asked for each batch: who sends, and the clocks of this moment. */
  readonly from: () => Promise<SendContext>;
  /** Called for each batch that the server has accepted. */
  readonly delivered?: () => void;
};

/** Empties the queue, batch by batch, until nothing is left, the server wants rest, or the signal ends it. */
export async function deliver(ports: DeliveryPorts, signal: AbortSignal): Promise<{ readonly restMs: Milliseconds }> {
  const { queue, transport, wait, from } = ports;
  let failures = 0;
  for (;;) {
    const batch = signal.aborted ? undefined : await queue.next();
    if (!batch || signal.aborted) return { restMs: 0 };
    const next = await transport.send(batch, await from(), failures, signal);
    // The queue may be purged after an abort: a response that arrives now must not change it.
    if (signal.aborted) return { restMs: 0 };
    switch (next.kind) {
      case "delivered":
      case "refused": {
        const gone = await queue.done(batch, next.kind === "refused" ? batch.events.length : next.refused);
        // The batch is still stored: without a pause it would be sent again and again.
        if (!gone.ok) return { restMs: REST_MS };
        failures = 0;
        if (next.kind === "delivered") ports.delivered?.();
        break;
      }
      case "again":
        failures++;
        await wait(next.afterMs, signal);
        break;
      case "rest":
        return { restMs: next.forMs };
    }
  }
}
