import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { checkKeys, loadPublisher, loadVaultKey, publicKeysOf, vaultIdsIn } from "../keys/index.ts";
import { audit } from "../licenses/index.ts";
import { openTrusted } from "../packing/index.ts";
import { listSticks, readCustomers } from "../records/index.ts";

export type Proof = {
  readonly keys: number;
  readonly vaults: number;
  readonly entries: number;
  readonly licenses: number;
  readonly sticks: number;
  readonly customers: number;
  readonly developmentKeys: boolean;
};

/** Uses a whole key folder as its publisher would, and says what works. The first thing that does not is the error. */
export async function proveFolder(folder: string): Promise<Attempt<Proof>> {
  const publisher = await loadPublisher(folder);
  if (!publisher.ok) return publisher;
  const keys = await checkKeys(folder, undefined);
  if (!keys.ok) return keys;
  const vaults = await vaultIdsIn(folder);
  for (const vaultId of vaults) {
    const kek = await loadVaultKey(publisher.value, vaultId);
    if (!kek.ok) return kek;
  }
  const report = await audit(folder);
  if (!report.ok) return report;
  const { entries, licenses, faults } = report.value;
  if (faults.length > 0) return fail("AUDIT_FAILED", `${faults[0]} (${faults.length} faults).`, { faults });
  const sticks = await listSticks(publisher.value);
  if (!sticks.ok) return sticks;
  for (const stick of sticks.value) {
    const opened = await openTrusted(stick.folder, publicKeysOf(publisher.value));
    if (!opened.ok) return opened;
  }
  const customers = await readCustomers(publisher.value);
  if (!customers.ok) return customers;
  return ok({
    keys: keys.value.keys.length,
    vaults: vaults.length,
    entries,
    licenses,
    sticks: sticks.value.length,
    customers: customers.value.length,
    developmentKeys: keys.value.developmentKeys,
  });
}
