import { type DelegatedRoleName, DELEGATIONS, type FeedRole } from "../../src-shared/updates/index.ts";
import { DAY, type Seconds } from "../../src-shared/units.ts";

/** The targets roles: `targets` itself, and those it delegates to. */
export type TargetsRole = "targets" | DelegatedRoleName;

export const DELEGATED = Object.keys(DELEGATIONS) as DelegatedRoleName[];
export const TARGETS_ROLES: readonly TargetsRole[] = ["targets", ...DELEGATED];

/** Roles whose keys stand in the root metadata. */
export const TOP = ["root", "targets", "snapshot", "timestamp"] as const;
export type TopRole = (typeof TOP)[number];

/** One set of private keys that lies with one person or on one machine. */
export type Bundle = { readonly name: string; readonly roles: readonly FeedRole[] };

/** Who holds what: persons approve, CI and release vouch for bytes together, the server only vouches for freshness. */
export function bundlesFor(people: number): readonly Bundle[] {
  const persons = Array.from({ length: people }, (_, i): Bundle => {
    const roles: FeedRole[] = ["root", "targets", "ga"];
    // Ring1 is 1 of 2: one of the first two persons is always to be found.
    return { name: `person-${i + 1}`, roles: i < 2 ? [...roles, "ring1"] : roles };
  });
  return [
    ...persons,
    { name: "ci", roles: ["builds"] },
    { name: "release", roles: ["builds", "ring0"] },
    { name: "server", roles: ["snapshot", "timestamp", "halt", "lists"] },
  ];
}

/** How many signatures a role needs: a majority of the persons where approval is theirs. */
export function thresholdOf(role: FeedRole, people: number): number {
  if (role === "root" || role === "targets" || role === "ga") return Math.floor(people / 2) + 1;
  return role === "builds" ? 2 : 1;
}

// What persons sign must not call them together often; what the server signs bounds for how long a mirror can hide news.
const LIFETIME: Readonly<Record<FeedRole, Seconds>> = {
  root: 365 * DAY,
  targets: 365 * DAY,
  builds: 365 * DAY,
  ring0: 365 * DAY,
  ring1: 365 * DAY,
  ga: 365 * DAY,
  halt: 90 * DAY,
  lists: 90 * DAY,
  snapshot: 14 * DAY,
  timestamp: 2 * DAY,
};

export function lifetimeOf(role: FeedRole): Seconds {
  return LIFETIME[role];
}
