import { sweepAfterCommit } from "../../src-shared/node/vault-sweep.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { licensesIn, nextLicenseSeq, readRegister } from "../register/index.ts";
import { commitGeneration } from "./commit.ts";
import { withLockedStick } from "./locked-stick.ts";
import { openSession, type Session } from "./session.ts";

export type Resigned = {
  readonly session: Session;
  readonly gen: number;
  readonly minSeq: number;
  /** The newest files of this stick's licenses that the new floor refuses where a passphrase is required. */
  readonly refused: readonly { readonly lid: string; readonly seq: number; readonly sub: string }[];
};

/** Signs a stick's content again with the current key. With `minSeq`, the stick then refuses older licenses wherever a
 * passphrase is required, even on computers that have no record of them. That floor never decreases.
 */
export async function resignStick(
  request: { readonly stick: string; readonly keys: string; readonly minSeq?: number | undefined },
  now: UnixSeconds,
): Promise<Attempt<Resigned>> {
  return withLockedStick(request, async (publisher) => {
    const opened = await openSession(publisher, request.stick);
    if (!opened.ok) return opened;
    const register = await readRegister(publisher.folder);
    if (!register.ok) return register;
    const { minSeq = opened.value.minSeq } = request;
    if (minSeq < opened.value.minSeq) {
      return fail("USAGE", `The floor of this stick is already ${opened.value.minSeq}, and it never decreases.`);
    }
    if (request.minSeq !== undefined && minSeq >= nextLicenseSeq(register.value)) {
      return fail("USAGE", `No license ${minSeq} was issued yet: no license would open this stick.`);
    }
    const session: Session = { ...opened.value, minSeq };
    const committed = await commitGeneration(session, session, now);
    if (!committed.ok) return committed;
    await sweepAfterCommit(session.root, session.nextGen, new Set(session.files.map(({ id }) => id)));
    const refused = [...licensesIn(register.value).values()]
      .map(({ newest }) => newest)
      .filter(({ stickId, mode, seq }) => stickId === session.stickId && mode !== "device" && seq < minSeq)
      .map(({ lid, seq, sub }) => ({ lid, seq, sub }));
    return ok({ session, gen: session.nextGen, minSeq, refused });
  });
}
