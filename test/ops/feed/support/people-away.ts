import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type Changed, type FeedFixture, openFeedFixture } from "./feed-fixture.ts";

/** A publisher whose build has passed ring0 and runs in ring1. */
export async function openPromoted(): Promise<{ publisher: FeedFixture; build: string }> {
  const publisher = await openFeedFixture();
  const build = await publisher.build("1.0.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  const options = publisher.promotionOptions("ring1", "ring0", build);
  await publisher.feed("promote", "--ring", "ring1", "--build", build, ...options);
  return { publisher, build };
}

/** The first share of everyone, which needs two of three persons. */
export function promoteToGa(publisher: FeedFixture, build: string, ...rest: string[]): Promise<Changed> {
  const options = publisher.promotionOptions("ga", "ring1", build);
  return publisher.feed("promote", "--ring", "ga", "--build", build, ...options, ...rest);
}

export const bundleHere = (publisher: FeedFixture, name: string) => join(publisher.keys, "private", "feed", name);
export const awayBundle = (publisher: FeedFixture, name: string) => publisher.path("away", name);

/** Moves these bundles out of the publisher's key folder. */
export function takeBundlesHome(publisher: FeedFixture, ...names: string[]): void {
  mkdirSync(publisher.path("away"), { recursive: true });
  for (const name of names) renameSync(bundleHere(publisher, name), awayBundle(publisher, name));
}
