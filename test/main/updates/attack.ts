import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setRelease } from "../../fakes/update-feed.ts";
import type { UpdateFixture } from "./update-fixture.ts";

/** Its number in the list of attacks, what it is, what the app makes of it, and how it is done. */
export type Attack = readonly [
  number: number,
  name: string,
  outcome: string,
  perform: (fixture: UpdateFixture) => Promise<string>,
];

/** What a feed that holds comes to in these worlds. */
export const ACCEPTED = "ready 2.0.0";

/** Starts the app, lets it check once, and returns what came of it. */
export async function outcomeOf(fixture: UpdateFixture, from: "web" | "stick" = "web"): Promise<string> {
  const { view, updates } = await fixture.check(from);
  await updates.close();
  const { now, outcome } = view;
  if (outcome?.kind === "problem") return outcome.code;
  if (outcome?.kind === "hold") return `hold ${outcome.reason}`;
  return now.stage === "ready" ? `ready ${now.offer.version}` : (outcome?.kind ?? now.stage);
}

/** A rollback from build 2 to build 1. */
export const ROLLBACK = { seq: 2, kind: "rollback", build: "build-1", from: ["build-2"], fallback: null };

/** Another release of the ring, published. */
export function release(fixture: UpdateFixture, members: object): void {
  setRelease(fixture.repository, "ga", members);
  fixture.repository.publish("ga");
}

/** The package of build 2 in a feed on a stick. */
export const fileOnStick = (root: string) => {
  const folder = join(root, "targets", "builds", "build-2");
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".deb")) ?? "");
};
