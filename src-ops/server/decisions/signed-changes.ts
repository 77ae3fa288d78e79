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
    return [...(release ? changesOf(ring, release, halts, signedBy[ring], logged) : []), ...byHand];
  }).filter((one) => !isLogged(one));
}

type Release = NonNullable<SignedFeed["rings"][Ring]["release"]>;

// A document that only lifts halts of builds which the ring never had is not a release of the build that it goes on with.
function changesOf(
  ring: Ring,
  { kind, build, seq, issued, reason, resumed = [] }: Release,
  halts: SignedFeed["rings"][Ring]["halts"],
  keys: readonly string[],
  logged: readonly Signed[],
): readonly Signed[] {
  const common = { kind: "signed" as const, ring, seq, issued, reason, keys: [...keys] };
  const own: Signed = { ...common, build, action: kind === "forward" ? "release" : kind };
  const ofRing = logged.filter((one) => one.ring === ring);
  const lifted = resumed.filter((halt) => {
    const last = ofRing.findLast((one) => one.build === halt.build);
    const isOpen = last?.action === "halt" || (last?.action === "resume" && last.seq === seq);
    return halt.build !== build && isOpen && !halts.some((active) => active.build === halt.build);
  });
  const isSame = ofRing.some((one) => one.build === own.build && one.action === own.action && one.seq < seq);
  const changes = lifted.map((halt): Signed => ({ ...common, build: halt.build, action: "resume" }));
  return lifted.length > 0 && isSame ? changes : [own, ...changes];
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
