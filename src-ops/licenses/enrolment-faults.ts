import { licensesIn, type RegisterEntry } from "../register/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { LicenseOrder } from "./issue-license.ts";
import type { LicenseTerms } from "./terms.ts";

type Row = { readonly line: number; readonly order: Pick<LicenseOrder, "customer" | "ring"> };
type Fault = { readonly line: number; readonly message: string };

/** What keeps computers from being enrolled together: a computer has one voice in a ring, under one name. */
export function enrolmentFaults(
  rows: readonly Row[],
  prepared: readonly (Row & { readonly terms: Pick<LicenseTerms, "device"> })[],
  register: { readonly entries: readonly RegisterEntry[] },
  now: UnixSeconds,
): readonly Fault[] {
  const enrolled = new Map<string, string>();
  for (const { newest, revoked } of licensesIn(register).values()) {
    if (newest.enrolment && newest.device && !revoked && now < newest.exp) enrolled.set(newest.device.id, newest.sub);
  }
  const faults: Fault[] = [];
  const lines = new Map<string, number>();
  for (const { line, order, terms } of prepared) {
    const id = terms.device?.id ?? "";
    const [before, name] = [lines.get(id), enrolled.get(id)];
    if (before !== undefined) faults.push({ line, message: `its request is from the computer of line ${before}.` });
    if (name !== undefined && name !== order.customer)
      faults.push({ line, message: `its computer is already enrolled as ${name}: renew that license.` });
    lines.set(id, before ?? line);
  }
  return [...faults, ...rows.filter(({ order }) => order.ring === "ga").map(withoutRing)];
}

function withoutRing({ line }: Row): Fault {
  return { line, message: "ring must be ring0 or ring1: name the ring in which the computer is watched." };
}
