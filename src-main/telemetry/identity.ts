import { join } from "node:path";
import * as v from "valibot";
import { ID_LENGTH, idFromRandom, RandomId } from "../../src-shared/ids.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import type { Enrolment } from "../../src-shared/telemetry/index.ts";
import { smallStateIn } from "../../src-shared/node/small-state.ts";

/** The pseudonym under which this computer reports. `token`: its enrolment. */
export type SenderIdentity = { readonly pid: string; readonly ring: Ring; readonly token: string | undefined };

export type IdentityPorts = {
  readonly folder: string;
  readonly enrolment: () => Promise<Enrolment | undefined>;
  readonly randomBytes: (count: number) => Uint8Array;
};

/** The pseudonym of this computer, and the pending request to erase it. All throw the file system's error. */
export type Identity = {
  readonly resolve: () => Promise<SenderIdentity>;
  /** What `resolve` would return, without storing anything. */
  readonly resolveWithoutStoring: () => Promise<SenderIdentity>;
  /** Forgets a pseudonym made here, and stores durably that the server is to erase the one that was used. */
  readonly forget: () => Promise<void>;
  /** The pseudonym that the server has not erased yet. */
  readonly toErase: () => Promise<Pick<SenderIdentity, "pid" | "token"> | undefined>;
  readonly erased: () => Promise<void>;
};

export function createIdentity({ folder, enrolment, randomBytes }: IdentityPorts): Identity {
  const made = smallStateIn(join(folder, "identity.json"), v.object({ pid: RandomId }));
  const erasureRequest = smallStateIn(
    join(folder, "erasure.json"),
    v.object({ pid: RandomId, token: v.nullable(v.pipe(v.string(), v.maxLength(8_192))) }),
  );
  // Stored only when something is reported under it.
  let proposed: string | undefined;

  async function resolveWithoutStoring(): Promise<SenderIdentity> {
    const enrolled = await enrolment();
    if (enrolled) return { pid: enrolled.claims.pid, ring: enrolled.claims.ring, token: enrolled.token };
    const known = await made.read();
    const pid = known?.pid ?? (proposed ??= idFromRandom(randomBytes(ID_LENGTH)));
    return { pid, ring: "ga", token: undefined };
  }

  return {
    resolveWithoutStoring,
    async resolve() {
      const sender = await resolveWithoutStoring();
      if (sender.pid === proposed) await made.write({ pid: proposed });
      return sender;
    },
    async forget() {
      const enrolled = await enrolment();
      const pid = enrolled?.claims.pid ?? (await made.read())?.pid;
      if (pid !== undefined) await erasureRequest.write({ pid, token: enrolled?.token ?? null });
      await made.remove();
      proposed = undefined;
    },
    async toErase() {
      const request = await erasureRequest.read();
      return request && { pid: request.pid, token: request.token ?? undefined };
    },
    erased: () => erasureRequest.remove(),
  };
}
