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
import { computersIn, genuineTokens } from "./known-artefacts.ts";
import { runningReleases } from "./running-releases.ts";

// Less than the five seconds after which a browser refreshes: each refresh shows the events since the previous one, and
// all browsers share one evaluation.
const MAX_AGE_MS: Milliseconds = 4_000;

/** The result for all rings at one moment, and what it is based on. */
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
   * The last evaluation, if it is less than four seconds old and neither the feed nor the decision log has changed since.
   * Otherwise a new one, which all concurrent callers share. If the new one fails, an older one is never returned instead.
   * FEED_*, REGISTER_BROKEN.
   */
  readonly latest: () => Promise<Attempt<Evaluation>>;
  /** Always a new evaluation, for decisions. */
  readonly evaluate: () => Promise<Attempt<Evaluation>>;
  /** The current decision log. */
  readonly readLog: () => Promise<Audit>;
};

type Sources = { readonly feed: SignedFeed; readonly log: Audit; readonly at: UnixMs; readonly mustBeNew: boolean };

/** Evaluates the rings for the watch, the console, the metrics and the reports. Writes nothing. */
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
    const facts = { isGenuine: (hash: string) => genuine.has(hash), computerOf: computersIn(register.value) };
    const rings: Assessment[] = [];
    for (const running of runningReleases(feed, log)) {
      rings.push(await assess(store, running, policy, facts, at));
    }
    const offers = rings.flatMap((one) => one.offers);
    const others = (own: Assessment) => offers.filter(({ ring }) => ring !== own.ring);
    return ok({ at, feed, log, rings: rings.map((one) => ({ ...one, offers: [...one.offers, ...others(one)] })) });
  }

  return { latest: () => evaluateWith(false), evaluate: () => evaluateWith(true), readLog };
}

// The readers return the same object while nothing has changed. After the clock was set back, no evaluation is reused.
function isReusable(previous: Sources, current: Sources): boolean {
  const age = current.at - previous.at;
  return (
    !current.mustBeNew && current.feed === previous.feed && current.log === previous.log && age >= 0 && age < MAX_AGE_MS
  );
}
