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
export type Bundle = {
  readonly name: string;
  /** The person or machine that has it. */
  readonly owner: string;
  /** `offline`: the person's keys of root and targets, for a safe. */
  readonly place: "offline" | "person" | "machine";
  readonly roles: readonly FeedRole[];
};

/** The machines that have bundles. No person has their names. */
const MACHINES: readonly Bundle[] = (
  [
    ["ci", ["builds"]],
    ["release", ["builds", "ring0"]],
    ["server", ["snapshot", "timestamp", "halt", "lists"]],
  ] as const
).map(([name, roles]) => ({ name, owner: name, place: "machine", roles }));

/** The names of persons if only their number is given. */
export function namesOf(people: number): readonly string[] {
  return Array.from({ length: people }, (_, i) => `person-${i + 1}`);
}

/** A name that a bundle's folder can have everywhere, and that is not another bundle's. */
export function mayNamePerson(name: string): boolean {
  const isPlain = /^[a-z][a-z0-9]{0,30}(?:-[a-z0-9]{1,31}){0,4}$/.test(name) && name.length <= 32;
  const isReserved = /^(?:con|prn|aux|nul|com\d|lpt\d|offline)$/.test(name) || name.endsWith(OFFLINE_SUFFIX);
  return isPlain && !isReserved && !MACHINES.some((machine) => machine.name === name);
}

const OFFLINE_SUFFIX = "-offline";

/**
 * The bundles: persons approve, CI and release together sign builds, and the server signs only freshness and halts. A
 * person keeps the keys that decide about all others offline, apart from the ring keys of every week.
 */
export function bundlesFor(people: readonly string[]): readonly Bundle[] {
  const persons = people.flatMap((owner, i): readonly Bundle[] => [
    { name: `${owner}${OFFLINE_SUFFIX}`, owner, place: "offline", roles: ["root", "targets"] },
    // ring1 needs 1 of 2 signatures, so that one of the first two persons is always available.
    { name: owner, owner, place: "person", roles: i < 2 ? ["ga", "ring1"] : ["ga"] },
  ]);
  return [...persons, ...MACHINES];
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
