import type { CallCode, CallInput, ReturnedLicense } from "../../src-shared/ipc/index.ts";
import { decodeUnverifiedJws } from "../../src-shared/jws/index.ts";
import { compareCounters, isReturned, type LedgerHead, returnedCounter } from "../../src-shared/ledger/index.ts";
import { type License, ReturnProof, unarmor, verifyLicense } from "../../src-shared/license/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { composeReturn, type DeviceKey, type StoredProof } from "../license/index.ts";
import * as v from "valibot";
import type { SessionPorts } from "./ports.ts";

type Name = CallInput<"license.return">;

/**
 * Returns a license of this computer. The ledger is written first: from then on the license is refused here, whichever
 * copy of it is imported. Then its file is removed, and only then is the proof made. After a crash in between, the
 * remaining steps are done when the returns are listed: the entry in the ledger is sufficient for that.
 */
export async function returnLicense(
  vault: OpenVault,
  name: Name,
  ports: SessionPorts,
): Promise<Result<undefined, Exclude<CallCode<"license.return">, "NO_VAULT">>> {
  const key = await ports.licenseService.deviceKey();
  if (!key.ok) return key;
  const license = key.value && (await findLicense(vault, name, key.value.id, ports));
  if (!key.value || !license) return err("NOT_RETURNABLE");
  const { stickId } = vault.manifest.claims;
  const counter = { id: license.claims.lid, ...returnedCounter(license.counter) };
  const committed = await ports.ledger.commit({ now: ports.now(), license: counter }, { root: vault.root, stickId });
  if (!committed.ok) return committed;
  const proof = await finish(name, key.value, ports);
  return proof.ok ? ok(undefined) : proof;
}

/** The licenses that were returned from this computer, each with its proof. */
export async function returnedLicenses(ports: SessionPorts): Promise<ReturnedLicense[]> {
  const stored = await ports.licenseStore.proofs();
  const unfinished = returnsOf(ports.ledger.head()).filter(
    ({ licenseId, seq }) => !stored.some((proof) => proof.licenseId === licenseId && proof.seq === seq),
  );
  const made = unfinished.length > 0 ? await finishAll(unfinished, ports) : [];
  return [...stored, ...made]
    .map(({ licenseId, seq, text }) => ({ licenseId, seq, returned: momentOf(text), proof: text }))
    .toSorted((a, b) => b.returned - a.returned);
}

/** An available license that names only this computer, and is not older than the one that was used here. */
async function findLicense(
  vault: OpenVault,
  { licenseId, seq }: Name,
  deviceId: string,
  { licenseStore, trust, ledger }: SessionPorts,
): Promise<License | undefined> {
  const texts = [...(await licenseStore.imported()), ...(await licenseStore.onStick(vault.root))];
  await ledger.open({ again: true });
  const seen = ledger.head().licenses.get(licenseId);
  const roots = await trust.roots();
  for (const text of texts) {
    const verified = verifyLicense(text, roots);
    if (!verified.ok) continue;
    const { claims, counter } = verified.value;
    const isForThisComputer = claims.bind.mode === "device" && claims.bind.device === deviceId;
    const isNewest = seen === undefined || compareCounters(counter, seen) >= 0;
    if (claims.lid === licenseId && claims.seq === seq && isForThisComputer && isNewest) return verified.value;
  }
  return undefined;
}

/** Removes the file, then makes the proof: the two never exist at the same time. */
async function finish(
  { licenseId, seq }: Name,
  key: DeviceKey,
  { licenseStore, trust, now }: SessionPorts,
): Promise<Result<StoredProof, "PROOF_NOT_WRITTEN">> {
  const texts = await licenseStore.imported();
  const roots = await trust.roots();
  const isAtHand = texts.some((text) => {
    const license = verifyLicense(text, roots);
    return license.ok && license.value.claims.lid === licenseId && license.value.claims.seq <= seq;
  });
  const proof = { licenseId, seq, text: composeReturn(key, { lid: licenseId, seq, iat: now() }) };
  try {
    if (isAtHand) await licenseStore.remove(licenseId);
    await licenseStore.saveProof(proof);
    return ok(proof);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err("PROOF_NOT_WRITTEN");
  }
}

async function finishAll(names: readonly Name[], ports: SessionPorts): Promise<StoredProof[]> {
  // A return that could not be stored does not count: after a restart the license would work again.
  const isDurable = await ports.ledger.commit({ now: ports.now() });
  const key = await ports.licenseService.deviceKey();
  if (!isDurable.ok || !key.ok || !key.value) return [];
  const made: StoredProof[] = [];
  for (const name of names) {
    const proof = await finish(name, key.value, ports);
    if (proof.ok) made.push(proof.value);
  }
  return made;
}

function returnsOf(head: LedgerHead): Name[] {
  const returned = Array.from(head.licenses).filter(([, seen]) => isReturned(seen));
  return returned.map(([licenseId, { sequence }]) => ({ licenseId, seq: sequence }));
}

// A file of our own: only its date is shown.
function momentOf(text: string): number {
  const token = unarmor("RETURN PROOF", text);
  const proof = v.safeParse(ReturnProof, token.ok ? decodeUnverifiedJws(token.value)?.claims : undefined);
  return proof.success ? proof.output.iat : 0;
}
