import { type Updater } from "tuf-js";
import { ExpiredMetadataError } from "tuf-js/dist/error.js";
import type { TrustedMetadataStore } from "tuf-js/dist/store.js";
import { err, ok, type Result } from "../../result.ts";
import type { UnixSeconds } from "../../units.ts";

// tuf-js takes the time in its constructor and offers no way to set it (TUF 5.1 asks for a fixed update start time).
// Only this file accesses its internals, and it verifies each time that the time it sets is the one that is used.

const DISTANT_PAST = new Date(0);
const DISTANT_FUTURE = new Date(8.64e15);

type Inside = { trustedSet: Pick<TrustedMetadataStore, "root" | "timestamp" | "snapshot" | "targets" | "getRole"> };
type Clocked = { trustedSet: { referenceTime: Date; updateTimestamp: (bytes: Buffer) => unknown } };

/** The metadata that an updater trusts so far. */
export function trustedBy(updater: Updater): Inside["trustedSet"] {
  return (updater as unknown as Inside).trustedSet;
}

/** Whether a date of metadata (ISO 8601) is after a time. A date that cannot be read is not. */
export function isLater(date: string, now: UnixSeconds): boolean {
  return new Date(date).getTime() > now * 1000;
}

/**
 * Sets the time by which an updater checks expiry. `CLOCK_NOT_HONOURED`: tuf-js no longer uses the clock that it is
 * given, so none of its statements about dates can be trusted.
 */
export function setReferenceTime(updater: Updater, now: UnixSeconds): Result<undefined, "CLOCK_NOT_HONOURED"> {
  const { trustedSet } = updater as unknown as Clocked;
  if (!(trustedSet.referenceTime instanceof Date)) return err("CLOCK_NOT_HONOURED");
  const isHonoured = findsExpired(trustedSet, DISTANT_FUTURE) && !findsExpired(trustedSet, DISTANT_PAST);
  trustedSet.referenceTime = new Date(now * 1000);
  return isHonoured ? ok(undefined) : err("CLOCK_NOT_HONOURED");
}

// The canary: before it reads a timestamp, tuf-js checks whether root has expired (TUF 5.3.10). The bytes of that
// timestamp are never used: they are empty.
function findsExpired(trustedSet: Clocked["trustedSet"], at: Date): boolean {
  trustedSet.referenceTime = at;
  try {
    trustedSet.updateTimestamp(Buffer.from(""));
  } catch (error) {
    return error instanceof ExpiredMetadataError;
  }
  return false;
}
