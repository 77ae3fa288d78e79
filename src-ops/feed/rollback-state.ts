import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import type { BuildId, Release } from "../../src-shared/updates/index.ts";

/** Why a build is not promoted: its ring was returned to it, or other rings were returned from it. */
export type RollbackState =
  | { readonly kind: "returned" }
  | { readonly kind: "withdrawn"; readonly rings: readonly Ring[] };

/** Whether a ring's build takes part in a rollback that is in force; `undefined` if it does not. */
export function rollbackStateOf(
  rings: Readonly<Record<Ring, { readonly release: Release | undefined }>>,
  ring: Ring,
  build: BuildId,
): RollbackState | undefined {
  if (rings[ring].release?.kind === "rollback") return { kind: "returned" };
  const others = RINGS.filter((other) => {
    const { release } = rings[other];
    return release?.kind === "rollback" && release.build !== build && release.from.includes(build);
  });
  return others.length > 0 ? { kind: "withdrawn", rings: others } : undefined;
}
