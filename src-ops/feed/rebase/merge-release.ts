import { err, ok, type Result } from "../../../src-shared/result.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import type { Release } from "../../../src-shared/updates/index.ts";
import { canonicalJson } from "../canonical.ts";
import { resumedWith } from "../offer.ts";

/** A document as it was when a change was made, as the change has it, and as it is now. */
export type Versions<T> = { readonly base: T | undefined; readonly own: T; readonly current: T | undefined };

// These are counted or merged one by one.
const SPECIAL: ReadonlySet<string> = new Set(["v", "ring", "seq", "issued", "flags", "resumed"]);

/**
 * Applies what a change does to a ring's document to the present document, member by member. The error names the members
 * that both have changed.
 */
export function mergeRelease({ base, own, current }: Versions<Release>, now: UnixSeconds): Result<Release, string> {
  if (!base || !current) return err(`${own.ring} has got its first build`);
  const names = new Set([...Object.keys(base), ...Object.keys(own)].filter((name) => !SPECIAL.has(name)));
  const changed = [...names].filter((name) => differs(name, base, own));
  // Each document has a reason of its own.
  const inBoth = changed.filter(
    (name) => name !== "reason" && differs(name, base, current) && differs(name, own, current),
  );
  const flags = Object.keys(own.flags).filter((name) => own.flags[name] !== base.flags[name]);
  const flagsInBoth = flags.filter((name) => {
    return current.flags[name] !== base.flags[name] && current.flags[name] !== own.flags[name];
  });
  const clashes = [...inBoth, ...flagsInBoth.map((name) => `the flag ${name}`)];
  if (clashes.length > 0) return err(`another change of ${own.ring} has changed ${clashes.join(", ")}`);
  const merged: Release = {
    ...current,
    ...Object.fromEntries(changed.map((name) => [name, memberOf(own, name)])),
    flags: { ...current.flags, ...Object.fromEntries(flags.map((name) => [name, own.flags[name] === true])) },
    seq: current.seq + 1,
    issued: now,
  };
  // What the change starts, starts when it is made again.
  const isStarting = changed.includes("promotion") && own.promotion?.at === own.issued;
  const started = own.promotion && isStarting ? { promotion: { ...own.promotion, at: now } } : {};
  return ok({ ...merged, ...started, ...mergeResumed(base, own, { ...current, build: merged.build }) });
}

function mergeResumed(base: Release, own: Release, current: Release): Pick<Release, "resumed"> {
  const known = new Set((base.resumed ?? []).map((halt) => canonicalJson(halt)));
  const lifted = (own.resumed ?? []).filter((halt) => !known.has(canonicalJson(halt)));
  if (lifted.length === 0) return current.resumed ? { resumed: current.resumed } : {};
  const all = lifted.reduce((release, halt) => ({ ...release, resumed: [...resumedWith(release, halt)] }), current);
  return { resumed: all.resumed };
}

function differs(name: string, one: Release, other: Release): boolean {
  return canonicalJson(memberOf(one, name) ?? null) !== canonicalJson(memberOf(other, name) ?? null);
}

function memberOf(release: Release, name: string): unknown {
  return (release as Readonly<Record<string, unknown>>)[name];
}
