import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { licensesIn, nextLicenseSeq, readRegister } from "../register/index.ts";
import { commitGeneration } from "./commit.ts";
import { locked } from "./pack.ts";
import { openSession, type Session } from "./session.ts";
import { sweepAfterCommit } from "./sweep.ts";

export type Resigned = {
  readonly session: Session;
  readonly gen: number;
  readonly minSeq: number;
  /** Licenses of this stick, newest file of each, that its new floor refuses where a passphrase is asked for. */
  readonly refused: readonly { readonly lid: string; readonly seq: number; readonly sub: string }[];
};

/**
 * Signs a stick anew as it is, with today's key; with `minSeq` it refuses older licenses from then on wherever a
 * passphrase is asked for, on computers that remember nothing too. That floor never falls.
 */
export async function resignStick(
  request: { readonly stick: string; readonly keys: string; readonly minSeq?: number | undefined },
  now: UnixSeconds,
): Promise<Attempt<Resigned>> {
  return locked(request, async (publisher) => {
    const opened = await openSession(publisher, request.stick);
    if (!opened.ok) return opened;
    const register = await readRegister(publisher.folder);
    if (!register.ok) return register;
    const { minSeq = opened.value.minSeq } = request;
    if (minSeq < opened.value.minSeq) {
      return fail("USAGE", `The floor of this stick is ${opened.value.minSeq} already, and never falls.`);
    }
    if (request.minSeq !== undefined && minSeq >= nextLicenseSeq(register.value)) {
      return fail("USAGE", `No license ${minSeq} was issued yet: this stick would open with none.`);
    }
    const session: Session = { ...opened.value, minSeq };
    const committed = await commitGeneration(session, session.videos, session.files, now);
    if (!committed.ok) return committed;
    await sweepAfterCommit(session.root, session.nextGen, new Set(session.files.map(({ id }) => id)));
    const refused = [...licensesIn(register.value).values()]
      .map(({ newest }) => newest)
      .filter(({ stickId, mode, seq }) => stickId === session.stickId && mode !== "device" && seq < minSeq)
      .map(({ lid, seq, sub }) => ({ lid, seq, sub }));
    return ok({ session, gen: session.nextGen, minSeq, refused });
  });
}
