import { DAY } from "../src-shared/units.ts";

/**
 * When the first stable release of a major was published: `npm view electron time`. Electron supports the latest three
 * stable majors, and publishes one every eight weeks (electronjs.org/docs/latest/tutorial/electron-timelines).
 */
export const STABLE_RELEASES: ReadonlyMap<number, string> = new Map([
  [40, "2026-01-16"],
  [41, "2026-03-11"],
  [42, "2026-05-06"],
  [43, "2026-07-01"],
  [44, "2026-08-25"],
  [45, "2026-10-21"],
]);
/** The day on which the table was read, and for how long it is believed. */
export const TABLE_READ_ON = "2026-11-30";
const TABLE_LIFETIME_DAYS = 180;
const SUPPORTED_MAJORS = 3;
const CADENCE_DAYS = 8 * 7;

export type ElectronSupport =
  | { readonly kind: "supported"; readonly until: string }
  | { readonly kind: "ended"; readonly since: string }
  | { readonly kind: "unknown"; readonly why: string };

/** Whether a version of Electron still gets security fixes on a day, as `YYYY-MM-DD`. */
export function electronSupport(version: string, today: string): ElectronSupport {
  const major = Number(/^(\d+)\.\d+\.\d+$/.exec(version)?.[1]);
  const newest = Math.max(...STABLE_RELEASES.keys());
  if (!(major <= newest)) return { kind: "unknown", why: `the table in build/electron-support.ts ends with ${newest}` };
  const end = endOf(major, newest);
  if (today >= end) return { kind: "ended", since: end };
  if (today > plusDays(TABLE_READ_ON, TABLE_LIFETIME_DAYS))
    return { kind: "unknown", why: `the table in build/electron-support.ts was read on ${TABLE_READ_ON}` };
  return { kind: "supported", until: end };
}

/** The day on which the third major after this one was published, or is planned. */
function endOf(major: number, newest: number): string {
  const next = major + SUPPORTED_MAJORS;
  const published = STABLE_RELEASES.get(next);
  if (published !== undefined) return published;
  // Older than the table: its support ended before the table begins.
  if (next < newest) return STABLE_RELEASES.values().next().value ?? "";
  return plusDays(STABLE_RELEASES.get(newest) ?? "", (next - newest) * CADENCE_DAYS);
}

function plusDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY * 1000).toISOString().slice(0, 10);
}

/** Throws for an Electron that is out of support, or of which this is not known: releases are never built with it. */
export function refuseUnsupported(version: string, today: string): void {
  const support = electronSupport(version, today);
  if (support.kind === "ended") throw new Error(`Electron ${version} is out of support since ${support.since}`);
  if (support.kind === "unknown")
    throw new Error(`nobody knows whether Electron ${version} is supported: ${support.why}`);
}
