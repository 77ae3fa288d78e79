import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import type { SignedFeed } from "../../feed/index.ts";
import type { Audit, Decision } from "./decision-log.ts";

type Signed = Extract<Decision, { readonly kind: "signed" }>;

/** What people have done to the rings by command since the last evaluation, according to the documents that they signed. */
export function signedChanges({ rings, signedBy }: SignedFeed, { decisions }: Audit): readonly Signed[] {
  const logged = decisions.flatMap(({ decision }) => (decision.kind === "signed" ? [decision] : []));
  const isLogged = (one: Signed) =>
    logged.some(
      ({ ring, build, action, seq, issued }) =>
        ring === one.ring && seq === one.seq && issued === one.issued && build === one.build && action === one.action,
    );
  return RINGS.flatMap((ring) => {
    const { release, halts } = rings[ring];
    const byHand = halts
      .filter((halt) => !isOfServer(ring, halt, decisions))
      .map(({ build, seq, issued, reason }): Signed => {
        return { kind: "signed", ring, build, action: "halt", seq, issued, reason, keys: [...signedBy.halt] };
      });
    return [...(release ? [changeOf(ring, release, signedBy[ring])] : []), ...byHand];
  }).filter((one) => !isLogged(one));
}

type Release = NonNullable<SignedFeed["rings"][Ring]["release"]>;

function changeOf(ring: Ring, { kind, build, seq, issued, reason }: Release, keys: readonly string[]): Signed {
  const action = kind === "forward" ? "release" : kind;
  return { kind: "signed", ring, build, action, seq, issued, reason, keys: [...keys] };
}

/** The server logs its own halts, and those from the console, once it has published them. */
function isOfServer(
  ring: Ring,
  halt: { readonly build: string; readonly issued: number },
  decisions: Audit["decisions"],
): boolean {
  return decisions.some(
    ({ at, decision }) =>
      (decision.kind === "halt" || decision.kind === "halt-by-hand") &&
      decision.ring === ring &&
      decision.build === halt.build &&
      at >= halt.issued * 1_000,
  );
}
