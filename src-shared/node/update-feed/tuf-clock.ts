import { type Updater } from "tuf-js";
import { ExpiredMetadataError } from "tuf-js/dist/error.js";
import type { TrustedMetadataStore } from "tuf-js/dist/store.js";
import { err, ok, type Result } from "../../result.ts";
import type { UnixSeconds } from "../../units.ts";

// tuf-js takes the time in its constructor and offers no way to give it one (TUF 5.1 asks for a fixed update start
// time). This file is the only one that reaches inside, and it proves each time that what it sets is what counts.

const DISTANT_PAST = new Date(0);
const DISTANT_FUTURE = new Date(8.64e15);

type Inside = { trustedSet: Pick<TrustedMetadataStore, "root" | "timestamp" | "snapshot" | "targets" | "getRole"> };
type Clocked = { trustedSet: { referenceTime: Date; updateTimestamp: (bytes: Buffer) => unknown } };

/** The metadata that an updater trusts by now. */
export function trustedBy(updater: Updater): Inside["trustedSet"] {
  return (updater as unknown as Inside).trustedSet;
}

/** Whether a date of metadata (ISO 8601) lies after a time. One that cannot be read does not. */
export function isLater(date: string, now: UnixSeconds): boolean {
  return new Date(date).getTime() > now * 1000;
}

/**
 * Sets the time by which an updater judges expiry. `CLOCK_NOT_HONOURED`: tuf-js no longer asks the clock it is given, so
 * nothing that it says about dates can be believed.
 */
export function setReferenceTime(updater: Updater, now: UnixSeconds): Result<undefined, "CLOCK_NOT_HONOURED"> {
  const { trustedSet } = updater as unknown as Clocked;
  if (!(trustedSet.referenceTime instanceof Date)) return err("CLOCK_NOT_HONOURED");
  const isHonoured = findsExpired(trustedSet, DISTANT_FUTURE) && !findsExpired(trustedSet, DISTANT_PAST);
  trustedSet.referenceTime = new Date(now * 1000);
  return isHonoured ? ok(undefined) : err("CLOCK_NOT_HONOURED");
}

// The canary: before it looks at a timestamp, tuf-js asks whether root has expired (TUF 5.3.10). No bytes of that
// timestamp are ever taken over: these are none.
function findsExpired(trustedSet: Clocked["trustedSet"], at: Date): boolean {
  trustedSet.referenceTime = at;
  try {
    trustedSet.updateTimestamp(Buffer.from(""));
  } catch (error) {
    return error instanceof ExpiredMetadataError;
  }
  return false;
}
