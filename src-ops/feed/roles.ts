import { type DelegatedRoleName, DELEGATIONS, type FeedRole } from "../../src-shared/updates/index.ts";
import { DAY, type Seconds } from "../../src-shared/units.ts";

/** The targets roles: `targets` itself, and those it delegates to. */
export type TargetsRole = "targets" | DelegatedRoleName;

export const DELEGATED = Object.keys(DELEGATIONS) as DelegatedRoleName[];
export const TARGETS_ROLES: readonly TargetsRole[] = ["targets", ...DELEGATED];

/** Roles whose keys are in the root metadata. */
export const TOP = ["root", "targets", "snapshot", "timestamp"] as const;
export type TopRole = (typeof TOP)[number];

/** A set of private keys that one person or one machine keeps in one place. */
export type Bundle = { readonly name: string; readonly roles: readonly FeedRole[] };

/**
 * The bundles: persons approve, CI and release together sign builds, and the server signs only freshness and halts. A
 * person keeps the keys that decide about all others offline, apart from the ring keys of every week.
 */
export function bundlesFor(people: number): readonly Bundle[] {
  const persons = Array.from({ length: people }, (_, i): readonly Bundle[] => {
    const name = `person-${i + 1}`;
    // ring1 needs 1 of 2 signatures, so that one of the first two persons is always available.
    const rings: Bundle = { name, roles: i < 2 ? ["ga", "ring1"] : ["ga"] };
    return [{ name: `${name}-offline`, roles: ["root", "targets"] }, rings];
  }).flat();
  return [
    ...persons,
    { name: "ci", roles: ["builds"] },
    { name: "release", roles: ["builds", "ring0"] },
    { name: "server", roles: ["snapshot", "timestamp", "halt", "lists"] },
  ];
}

/** The number of signatures that a role needs: a majority of the persons if persons approve it. */
export function thresholdOf(role: FeedRole, people: number): number {
  if (role === "root" || role === "targets" || role === "ga") return Math.floor(people / 2) + 1;
  return role === "builds" ? 2 : 1;
}

// Metadata that persons sign has a long lifetime, so that they rarely have to sign again. The lifetime of the server's
// metadata limits how long a mirror can hide new versions.
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
