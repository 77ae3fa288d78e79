import type { Result } from "../../src-shared/result.ts";
import type { CommitError } from "../ledger/index.ts";
import { type DeviceKey, ensureDeviceKey, replaceDeviceKey } from "../license/index.ts";
import type { SessionPorts } from "./ports.ts";

/**
 * The key for a license request. The first record of the ledger is written before the key is made, so that a device key
 * without a ledger proves that the state was lost. After a loss both are made again, the key first: whatever was
 * licensed to the old key is invalid before the counters start again, and only the publisher can license it again.
 */
export async function deviceKeyForRequest({ ledger, secrets }: SessionPorts): Promise<Result<DeviceKey, CommitError>> {
  const begun = await ledger.begin();
  if (begun.ok) return ensureDeviceKey(secrets);
  if (begun.error !== "STATE_LOST") return begun;
  const key = await replaceDeviceKey(secrets);
  if (!key.ok) return key;
  const started = await ledger.startOver();
  return started.ok ? key : started;
}
