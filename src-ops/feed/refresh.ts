import { Metadata, type Targets } from "@tufjs/models";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { nextRoot } from "./keyring.ts";
import type { Feed } from "./load-feed.ts";
import { nextTargets } from "./metadata.ts";
import { lifetimeOf, TARGETS_ROLES, type TargetsRole } from "./roles.ts";

// The roles that the server signs itself, without people.
const ONLINE: readonly TargetsRole[] = ["halt", "lists"];

/** Renews snapshot and timestamp, the server's roles in the second half of their lifetime, and the roles in `named`.
 */
export async function refreshFeed(
  transaction: FeedTransaction,
  named: readonly FeedRole[],
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const due = TARGETS_ROLES.filter((role) => {
    return named.includes(role) || (ONLINE.includes(role) && expiryOf(feed, role) - now < lifetimeOf(role) / 2);
  });
  const roles = new Map(due.map((role) => [role, renewed(feed, role, now)] as const));
  const root = named.includes("root")
    ? new Metadata(nextRoot(feed.root.signed, feed.keyring, feed.dev, now))
    : undefined;
  const what = [...(root ? ["root"] : []), ...due, "snapshot", "timestamp"].join(", ");
  return submitDraft(transaction, {
    kind: "refresh",
    summary: `signed again: ${what}`,
    root,
    roles,
    documents: new Map(),
  });
}

function renewed(feed: Feed, role: TargetsRole, now: UnixSeconds): Metadata<Targets> {
  return new Metadata(nextTargets(role, feed.roles.get(role)?.signed, now, {}));
}

/** When a role's metadata expires. */
export function expiryOf(feed: Feed, role: FeedRole): UnixSeconds {
  const byRole = { root: feed.root, snapshot: feed.snapshot, timestamp: feed.timestamp };
  const metadata = role in byRole ? byRole[role as keyof typeof byRole] : feed.roles.get(role as TargetsRole);
  return Math.floor(Date.parse(metadata?.signed.expires ?? "") / 1000);
}
