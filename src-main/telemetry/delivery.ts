import type { Milliseconds } from "../../src-shared/units.ts";
import type { WaitPort } from "./ports.ts";
import type { TelemetryQueue } from "./queue.ts";
import { REST_MS } from "../../src-shared/telemetry/index.ts";
import type { SendContext, Transport } from "./transport.ts";

export type DeliveryPorts = {
  readonly queue: TelemetryQueue;
  readonly transport: Pick<Transport, "send">;
  readonly wait: WaitPort;
  /** Called for each batch: the sender, and the clocks at this time. */
  readonly from: () => Promise<SendContext>;
  /** Called for each batch that the server has accepted. */
  readonly delivered?: () => void;
};

/** Sends the queue, batch by batch, until it is empty, the server asks for a pause, or the signal aborts. */
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
        // The batch is still stored: without a pause it would be sent repeatedly.
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
