import { ok } from "../../../src-shared/result.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import type { Attempt } from "../../failure.ts";
import { readRegister } from "../../register/index.ts";
import type { RingStore } from "../store/index.ts";
import { enrolmentsIn } from "./known-artefacts.ts";

type Enrolments = Pick<RingStore, "ringOf" | "enrol" | "unenrol">;

/** Copies enrolments, and ends of enrolments, from the publisher's register into the store. REGISTER_BROKEN. */
export async function syncEnrolments(store: Enrolments, keys: string, now: UnixMs): Promise<Attempt<void>> {
  const register = await readRegister(keys);
  if (!register.ok) return register;
  const seconds = Math.floor(now / 1_000);
  const { current, ended } = enrolmentsIn(register.value, seconds);
  for (const [pid, ring] of current) if ((await store.ringOf(pid)) !== ring) await store.enrol(pid, ring, seconds);
  for (const pid of ended) if ((await store.ringOf(pid)) !== "ended") await store.unenrol(pid);
  return ok(undefined);
}
