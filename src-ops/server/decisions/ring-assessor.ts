import { ok } from "../../../src-shared/result.ts";
import type { Milliseconds, UnixMs } from "../../../src-shared/units.ts";
import type { Attempt } from "../../failure.ts";
import { createFeedReader, type FeedLocation, type FeedReader, type SignedFeed } from "../../feed/index.ts";
import type { PolicyFile } from "../../gates/index.ts";
import { keepLatest } from "../../keep-latest.ts";
import { readRegister } from "../../register/index.ts";
import type { RingStore } from "../store/index.ts";
import { assess, type Assessment } from "./assess.ts";
import { type Audit, createDecisionLogReader } from "./decision-log.ts";
import { genuineTokens } from "./known-artefacts.ts";
import { runningReleases } from "./running-releases.ts";

// Below the five seconds after which a browser asks again: each refresh sees what was heard since the one before, and
// however many browsers there are, they share an evaluation.
const MAX_AGE_MS: Milliseconds = 4_000;

/** All rings as they were judged at one moment, and what they were judged by. */
export type Evaluation = {
  readonly at: UnixMs;
  readonly feed: SignedFeed;
  readonly log: Audit;
  readonly rings: readonly Assessment[];
};

export type AssessorPorts = {
  readonly store: RingStore;
  readonly feed: FeedLocation;
  readonly policy: PolicyFile;
  readonly now: () => UnixMs;
};

export type RingAssessor = {
  /**
   * The last evaluation, where it is at most seconds old and neither the feed nor the decision log has changed since;
   * otherwise a new one, which all who ask meanwhile share. An older one is never given in its place. FEED_*,
   * REGISTER_BROKEN.
   */
  readonly latest: () => Promise<Attempt<Evaluation>>;
  /** A new evaluation, for decisions. */
  readonly evaluate: () => Promise<Attempt<Evaluation>>;
  /** The decision log as it is now. */
  readonly readLog: () => Promise<Audit>;
};

type Sources = { readonly feed: SignedFeed; readonly log: Audit; readonly at: UnixMs; readonly mustBeNew: boolean };

/** Judges the rings for everybody who looks at them: the watch, the console, the metrics and reports. Writes nothing. */
export function createRingAssessor(
  { store, feed: location, policy, now }: AssessorPorts,
  readFeed: FeedReader = createFeedReader(location),
): RingAssessor {
  const readLog = createDecisionLogReader(store.decisions);
  const share = keepLatest<Sources, Attempt<Evaluation>>(isReusable, (evaluation) => evaluation.ok);

  async function evaluateWith(mustBeNew: boolean): Promise<Attempt<Evaluation>> {
    const feed = await readFeed();
    if (!feed.ok) return feed;
    const sources = { feed: feed.value, log: await readLog(), at: now(), mustBeNew };
    return share(sources, () => evaluateFrom(sources));
  }

  async function evaluateFrom({ feed, log, at }: Sources): Promise<Attempt<Evaluation>> {
    const seconds = Math.floor(at / 1_000);
    const register = await readRegister(location.keys);
    if (!register.ok) return register;
    const genuine = genuineTokens(register.value, seconds);
    const rings: Assessment[] = [];
    for (const running of runningReleases(feed, log)) {
      rings.push(await assess(store, running, policy, (hash) => genuine.has(hash), at));
    }
    return ok({ at, feed, log, rings });
  }

  return { latest: () => evaluateWith(false), evaluate: () => evaluateWith(true), readLog };
}

// The readers give the same object while nothing has changed. A clock that was put back makes no evaluation younger.
function isReusable(previous: Sources, current: Sources): boolean {
  const age = current.at - previous.at;
  return (
    !current.mustBeNew && current.feed === previous.feed && current.log === previous.log && age >= 0 && age < MAX_AGE_MS
  );
}
