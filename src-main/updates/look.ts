import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { type OpenFeed, readFeed } from "../../src-shared/node/update-feed/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import {
  type Asked,
  decideUpdate,
  refuseReplay,
  sightingOfFeed,
  type UpdateDecision,
  type UpdateProblem,
} from "../../src-shared/updates/index.ts";
import type { UpdatePorts, Waiting } from "./ports.ts";

export type Question = { readonly from: Waiting["from"]; readonly asked: Asked; readonly signal: AbortSignal };

/** A feed that holds, and what this install does about it. Whoever gets it closes the feed. */
export type Look = {
  readonly opened: OpenFeed;
  readonly ring: Ring;
  readonly decision: Exclude<UpdateDecision, { kind: "refused" }>;
};

/**
 * Looks at the feed once: TUF, then replays, then the counters into the ledger, and only then the decision. What is
 * signed but older than what was seen here leaves no trace.
 */
export async function lookAtFeed(
  ports: UpdatePorts,
  { from, asked, signal }: Question,
): Promise<Result<Look, UpdateProblem>> {
  const state = await ports.ledger.open({ again: asked === "by-hand" });
  if (state !== "ready" && state !== "fresh") return err(state);
  const source = from === "web" ? ports.web : ports.stick();
  if (!source) return err("UNREACHABLE");
  const ring = await ports.ring();
  const opened = await readFeed(
    { store: ports.store, anchor: ports.anchor, source, now: referenceTime(ports, from), signal },
    ring,
  );
  if (!opened.ok) return opened;
  const judged = await judge(ports, opened.value, ring, asked);
  if (!judged.ok) await opened.value.close();
  return judged;
}

/** Freshness cannot be proven offline: a stick is judged by the latest signed time, the web by the clock as well. */
function referenceTime({ ledger, now }: UpdatePorts, from: Waiting["from"]): number {
  const { trustedTime } = ledger.head();
  return from === "stick" ? trustedTime : Math.max(now(), trustedTime);
}

async function judge(
  ports: UpdatePorts,
  opened: OpenFeed,
  ring: Ring,
  asked: Asked,
): Promise<Result<Look, UpdateProblem>> {
  const { feed } = opened;
  const now = ports.now();
  const fresh = refuseReplay(feed, ports.ledger.head());
  if (!fresh.ok) return fresh;
  const committed = await ports.ledger.commit(sightingOfFeed(feed, now));
  if (!committed.ok) return committed;
  const kept = await opened.keep();
  if (!kept.ok) return kept;
  await takeLists(ports, opened);
  const installId = ports.ledger.installId();
  if (installId === undefined) return err("STATE_LOST");
  const install = { ...ports.app, installId, rolledBack: ports.memory.rolledBack() };
  const decision = decideUpdate(feed, ports.ledger.head(), install, asked, now, ports.sha256);
  return decision.kind === "refused" ? err(decision.code) : ok({ opened, ring, decision });
}

async function takeLists(ports: UpdatePorts, { lists }: OpenFeed): Promise<void> {
  // The keys first: they say who may sign the other list.
  const keys = lists.keys && fromUtf8(lists.keys);
  if (keys !== undefined) await ports.takeKeys(keys);
  const revocations = lists.revocations && fromUtf8(lists.revocations);
  if (revocations !== undefined) await ports.takeRevocations(revocations);
}
