import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { type FeedSource, type OpenFeed, readFeed } from "../../src-shared/node/update-feed/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import {
  type CheckTrigger,
  decideUpdate,
  mayBeCached,
  refuseReplay,
  ledgerUpdateFromFeed,
  type UpdateDecision,
  type UpdateProblem,
} from "../../src-shared/updates/index.ts";
import type { UpdatePorts, Waiting } from "./ports.ts";

export type FeedCheckRequest = {
  readonly from: Waiting["from"];
  readonly trigger: CheckTrigger;
  readonly signal: AbortSignal;
};

/** A valid feed, and the decision of this installation about it. The caller closes the feed. */
export type FeedCheck = {
  readonly opened: OpenFeed;
  readonly ring: Ring;
  readonly decision: Exclude<UpdateDecision, { kind: "refused" }>;
};

/**
 * Checks the feed once: TUF, then replays, then the counters are written to the ledger, and only then the decision. A
 * feed that is signed but older than what was seen here changes nothing, and is asked for once more past caches.
 */
export async function checkFeed(
  ports: UpdatePorts,
  request: FeedCheckRequest,
): Promise<Result<FeedCheck, UpdateProblem>> {
  const { from } = request;
  const checked = await checkOnce(ports, request, from === "web" ? ports.web : ports.stick());
  const pastCaches = from === "web" ? ports.web?.pastCaches : undefined;
  if (checked.ok || !pastCaches || !mayBeCached(checked.error)) return checked;
  return checkOnce(ports, request, pastCaches);
}

async function checkOnce(
  ports: UpdatePorts,
  { from, trigger, signal }: FeedCheckRequest,
  source: FeedSource | undefined,
): Promise<Result<FeedCheck, UpdateProblem>> {
  const state = await ports.ledger.open({ again: trigger === "by-hand" });
  if (state !== "ready" && state !== "fresh") return err(state);
  if (!source) return err("UNREACHABLE");
  const ring = await ports.ring();
  const opened = await readFeed(
    { store: ports.store, anchor: ports.anchor, source, now: referenceTime(ports, from), signal },
    ring,
  );
  if (!opened.ok) return opened;
  const judged = await judge(ports, opened.value, ring, trigger);
  if (!judged.ok) await opened.value.close();
  return judged;
}

/**
 * Freshness cannot be proven offline: a stick is checked against the latest signed time, the web against the clock as
 * well.
 */
function referenceTime({ ledger, now }: UpdatePorts, from: Waiting["from"]): number {
  const { trustedTime } = ledger.head();
  return from === "stick" ? trustedTime : Math.max(now(), trustedTime);
}

async function judge(
  ports: UpdatePorts,
  opened: OpenFeed,
  ring: Ring,
  trigger: CheckTrigger,
): Promise<Result<FeedCheck, UpdateProblem>> {
  const { feed } = opened;
  const now = ports.now();
  const fresh = refuseReplay(feed, ports.ledger.head());
  if (!fresh.ok) return fresh;
  const committed = await ports.ledger.commit(ledgerUpdateFromFeed(feed, now));
  if (!committed.ok) return committed;
  const kept = await opened.keep();
  if (!kept.ok) return kept;
  await applyLists(ports, opened);
  const installId = ports.ledger.installId();
  if (installId === undefined) return err("STATE_LOST");
  const install = { ...ports.app, installId, rolledBack: ports.memory.rolledBack() };
  const decision = decideUpdate(feed, ports.ledger.head(), install, trigger, now, ports.sha256);
  return decision.kind === "refused" ? err(decision.code) : ok({ opened, ring, decision });
}

async function applyLists(ports: UpdatePorts, { lists }: OpenFeed): Promise<void> {
  // The keys first: they determine who may sign the other list.
  const keys = lists.keys && fromUtf8(lists.keys);
  if (keys !== undefined) await ports.applyKeys(keys);
  const revocations = lists.revocations && fromUtf8(lists.revocations);
  if (revocations !== undefined) await ports.applyRevocations(revocations);
}
