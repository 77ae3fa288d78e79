import { randomBytes } from "node:crypto";
import { ID_LENGTH, idFromRandom } from "../../../src-shared/ids.ts";
import { encodeLogs, eventIdOf, LOGS_PATH, type Sender } from "../../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

/**
 * Whether the ingest accepts a batch of a computer that is not enrolled, through DNS and proxy down to the database. The
 * batch is empty, so nothing is stored.
 */
export async function probeIngest(url: string, now: UnixMs, signal: AbortSignal): Promise<boolean> {
  const session = eventIdOf(now, randomBytes(10));
  const body = encodeLogs(unknownSender(), { at: now, session, up: 0 }, []);
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${url}${LOGS_PATH}`, { method: "POST", headers, body, redirect: "error", signal });
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    // Node's fetch rejects with these for every connection problem; anything else is a bug.
    if (error instanceof TypeError || error instanceof DOMException) return false;
    throw error;
  }
}

function unknownSender(): Sender {
  return {
    "service.name": "usb-video-vault",
    "service.version": "0.0.0",
    "service.instance.id": idFromRandom(randomBytes(ID_LENGTH)),
    "uvv.ring": "ga",
    "os.type": "linux",
    "host.arch": "x64",
  };
}
