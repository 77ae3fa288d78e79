import { listGenerations } from "../../src-shared/node/vault-reader.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { loadPublisher, type Publisher, publicKeysOf } from "../keys/index.ts";
import { copyStick, findApp, openTrusted, putApp } from "../packing/index.ts";
import {
  findStick,
  listSticks,
  readCustomers,
  type RecordedStick,
  recordStick,
  saveCustomers,
} from "../records/index.ts";
import { licensesIn, readRegister } from "../register/index.ts";
import { openIssuer, withIssuingContext } from "./issuing-context.ts";
import { issueReplacements, licensesToReplace, type ReplacedLicense } from "./replace-licenses.ts";
import { revoke, type Revoked } from "./revoke.ts";
import { openStickForLicense } from "./stick-for-license.ts";

export type ReplacementOrder = {
  readonly keys: string;
  /** The stick that is lost or broken, by its name or id. */
  readonly stick: string;
  /** The folder of the new stick. */
  readonly onto: string;
  /** A stick or a folder with the same vault. */
  readonly master: string;
  /** The folder for the license files. */
  readonly outDir: string;
  /** A folder with packages of the app, which are put on the new stick. */
  readonly app?: string | undefined;
};

export type ReplacedStick = {
  readonly from: RecordedStick;
  readonly stick: RecordedStick;
  readonly licenses: readonly ReplacedLicense[];
  readonly revoked: Revoked;
  /** The customers who have the new stick now, in the records. */
  readonly customers: readonly string[];
};

/** How many licenses a replacement would issue again and revoke. Changes nothing. */
export async function planReplacement(
  { keys, stick }: Pick<ReplacementOrder, "keys" | "stick">,
  now: UnixSeconds,
): Promise<Attempt<{ readonly from: RecordedStick; readonly licenses: number }>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const from = await findStick(publisher.value, stick);
  if (!from.ok) return from;
  const register = await readRegister(publisher.value.folder);
  if (!register.ok) return register;
  return ok({ from: from.value, licenses: licensesToReplace(register.value, from.value.stickId, now).length });
}

/**
 * Makes a stick with its own id in place of another, issues its licenses that still play again for the new one, and then
 * revokes the old ones. Each step finds what an earlier run has done, so the same command can be run again.
 */
export async function replaceStick(
  order: ReplacementOrder,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<ReplacedStick>> {
  const issuer = await openIssuer(order.keys);
  if (!issuer.ok) return issuer;
  const { publisher } = issuer.value;
  const from = await findStick(publisher, order.stick);
  if (!from.ok) return from;
  const app = order.app === undefined ? ok(undefined) : await findApp(order.app, job.signal);
  if (!app.ok) return app;
  const made = await makeStick(publisher, from.value, order, job, now);
  if (!made.ok) return made;
  const put = app.value
    ? await putApp({ keys: order.keys, stick: order.onto, app: app.value }, job, now)
    : ok(undefined);
  if (!put.ok) return put;
  const stick = await openStickForLicense(publisher, order.onto);
  if (!stick.ok) return stick;
  const licenses = await withIssuingContext(issuer.value, now, (context) =>
    issueReplacements(context, { from: from.value.stickId, stick: stick.value, outDir: order.outDir }),
  );
  if (!licenses.ok) return licenses;
  const old = licenses.value.map(({ replaces }) => replaces);
  const revoked = await revoke({ keys: order.keys, licenses: old, issuerKeys: [], sticks: [order.onto] }, now);
  if (!revoked.ok) return revoked;
  const customers = await moveCustomers(publisher, from.value, made.value);
  if (!customers.ok) return customers;
  return ok({
    from: from.value,
    stick: made.value,
    licenses: licenses.value,
    revoked: revoked.value,
    customers: customers.value,
  });
}

/** Copies the content, unless an earlier run has done it. A stick that is anything else is never taken for the new one. */
async function makeStick(
  publisher: Publisher,
  from: RecordedStick,
  { keys, onto, master }: ReplacementOrder,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<RecordedStick>> {
  const source = await openTrusted(master, publicKeysOf(publisher));
  if (!source.ok) return source;
  if (source.value.vault.manifest.claims.vaultId !== from.vaultId) {
    return fail("USAGE", `${master} has another vault than stick ${from.name}: name a stick with the same content.`);
  }
  const earlier = await madeBefore(publisher, from, onto);
  if (!earlier.ok) return earlier;
  if (!earlier.value) {
    const copied = await copyStick({ from: master, to: onto, keys, label: from.label }, job, now);
    if (!copied.ok) return copied;
  }
  return recordStick(publisher, onto, now, { replaces: from.stickId });
}

async function madeBefore(publisher: Publisher, from: RecordedStick, onto: string): Promise<Attempt<boolean>> {
  const sticks = await listSticks(publisher);
  if (!sticks.ok) return sticks;
  const successor = sticks.value.find(({ replaces }) => replaces === from.stickId);
  const isEmpty = (await listGenerations(onto)).length === 0;
  const there = isEmpty ? undefined : await openTrusted(onto, publicKeysOf(publisher));
  if (there && !there.ok) return there;
  const claims = there?.value.vault.manifest.claims;
  if (successor && claims?.stickId !== successor.stickId) {
    const advice = `name its folder to go on, or replace ${successor.name} itself.`;
    return fail("VAULT_EXISTS", `Stick ${successor.name} was already made in place of ${from.name}: ${advice}`);
  }
  if (!claims) return ok(false);
  const known = sticks.value.find(({ stickId }) => stickId === claims.stickId);
  if (known && known !== successor) {
    return fail("VAULT_EXISTS", `${onto} is stick ${known.name}: use an empty stick for the new one.`);
  }
  const register = await readRegister(publisher.folder);
  if (!register.ok) return register;
  const isSold = [...licensesIn(register.value).values()].some(({ newest }) => newest.stickId === claims.stickId);
  if (claims.vaultId === from.vaultId && (successor || !isSold)) return ok(true);
  return fail("VAULT_EXISTS", `${onto} has a vault that is not a copy for ${from.name}: use an empty stick.`);
}

/** From now on, new licenses of these customers are for the new stick. */
async function moveCustomers(
  publisher: Publisher,
  from: RecordedStick,
  { name: stick }: RecordedStick,
): Promise<Attempt<readonly string[]>> {
  const customers = await readCustomers(publisher);
  if (!customers.ok) return customers;
  const moved = customers.value.filter((one) => one.stick?.toUpperCase() === from.name);
  if (moved.length === 0) return ok([]);
  const saved = await saveCustomers(
    publisher,
    moved.map((one) => ({ ...one, stick })),
  );
  return saved.ok ? ok(moved.map(({ number }) => number)) : saved;
}
