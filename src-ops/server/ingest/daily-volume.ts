import { type Bytes, DAY, MIB, type UnixMs } from "../../../src-shared/units.ts";

/** More than a full queue (8 MiB on disk, three times as much on the wire) and a day's events together. */
const DAILY_LIMIT: Bytes = 32 * MIB;

/** Counts the bytes that each enrolled computer has sent on the current day. Each server counts by itself. */
export function createDailyVolume() {
  const sent = new Map<string, Bytes>();
  let today = 0;

  return {
    /** Counts a request. False if the computer has already sent as much as it may send on one day. */
    allows(pid: string, bytes: Bytes, now: UnixMs): boolean {
      const day = Math.floor(now / (DAY * 1_000));
      if (day !== today) sent.clear();
      today = day;
      const total = (sent.get(pid) ?? 0) + bytes;
      if (total > DAILY_LIMIT) return false;
      sent.set(pid, total);
      return true;
    },
  };
}
