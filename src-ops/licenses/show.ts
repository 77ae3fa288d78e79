import { readCatalog } from "../../src-shared/node/vault-reader.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadPublisher, loadVaultKey, type Publisher, publicKeysOf } from "../keys/index.ts";
import { openTrusted } from "../packing/index.ts";
import { type Customer, type RecordedStick, listSticks, readCustomers } from "../records/index.ts";
import { isLicenseEntry, readRegister, type Register } from "../register/index.ts";
import { type ListedLicense, viewLicenses } from "./list-licenses.ts";

/** One event in the life of a license, from the register. */
export type HistoryEntry = {
  readonly at: UnixSeconds;
  readonly what: "license" | "renewal" | "transfer" | "restored" | "revocation";
  readonly lid: string;
  readonly seq: number;
  readonly exp: UnixSeconds | null;
};

export type ShownStick = Pick<RecordedStick, "name" | "stickId" | "label" | "generation" | "at"> & {
  readonly titles: readonly string[];
};

/** Everything the publisher knows about one name. */
export type Shown = {
  readonly customers: readonly Customer[];
  readonly licenses: readonly ListedLicense[];
  readonly sticks: readonly ShownStick[];
  readonly history: readonly HistoryEntry[];
};

/**
 * Finds customers by number, name or mail address, licenses by id, and sticks by name or id, with all that belongs to them.
 */
export async function show(keys: string, query: string, now: UnixSeconds): Promise<Attempt<Shown>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const register = await readRegister(publisher.value.folder);
  if (!register.ok) return register;
  const listed = await viewLicenses(publisher.value, register.value, now);
  if (!listed.ok) return listed;
  const known = await readCustomers(publisher.value);
  if (!known.ok) return known;
  const kept = await listSticks(publisher.value);
  if (!kept.ok) return kept;
  const customers = customersNamed(known.value, query);
  const named = kept.value.filter((stick) => stick.name === query.toUpperCase() || stick.stickId === query);
  const numbers = new Set([query, ...customers.map(({ number }) => number)]);
  const licenses = listed.value.filter(
    ({ lid, sub, stickId }) => lid === query || numbers.has(sub) || named.some((stick) => stick.stickId === stickId),
  );
  const sticks = kept.value.filter(
    (stick) =>
      named.includes(stick) ||
      licenses.some(({ stickId }) => stickId === stick.stickId) ||
      customers.some((customer) => customer.stick?.toUpperCase() === stick.name),
  );
  const owners = new Set(licenses.map(({ sub }) => sub));
  const all = known.value.filter((customer) => customers.includes(customer) || owners.has(customer.number));
  if (all.length + licenses.length + sticks.length === 0) {
    return fail(
      "NOTHING_FOUND",
      `Nothing is known of ${query}: name a customer, a mail address, a stick or a license.`,
    );
  }
  const shownSticks: ShownStick[] = [];
  for (const stick of sticks) shownSticks.push(await withTitles(publisher.value, stick));
  const history = historyOf(register.value, new Set(licenses.map(({ lid }) => lid)));
  return ok({ customers: all, licenses, sticks: shownSticks, history });
}

function customersNamed(customers: readonly Customer[], query: string): readonly Customer[] {
  const exact = customers.filter(
    ({ number, mail }) => number.toLowerCase() === query.toLowerCase() || mail?.toLowerCase() === query.toLowerCase(),
  );
  if (exact.length > 0) return exact;
  const numbered = /^\d{1,15}$/.test(query)
    ? customers.filter(({ number }) => endNumberOf(number) === Number(query))
    : [];
  if (numbered.length > 0) return numbered;
  const wanted = plain(query);
  return wanted.length < 2 ? [] : customers.filter(({ name }) => name !== undefined && plain(name).includes(wanted));
}

/** `17` is enough for customer `C-0017`. */
function endNumberOf(number: string): number | undefined {
  const digits = /\d{1,15}$/.exec(number)?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** Without accents and capital letters, as people search. */
function plain(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase();
}

// Without the vault's key only the titles are missing.
async function withTitles(publisher: Publisher, stick: RecordedStick): Promise<ShownStick> {
  const { name, stickId, vaultId, label, generation, at, folder } = stick;
  const [opened, kek] = [await openTrusted(folder, publicKeysOf(publisher)), await loadVaultKey(publisher, vaultId)];
  const catalog = opened.ok && kek.ok ? await readCatalog(opened.value.vault, kek.value) : undefined;
  const titles = catalog?.ok ? catalog.value.catalog.videos.map(({ title }) => title) : [];
  return { name, stickId, label, generation, at, titles };
}

function historyOf({ entries, times }: Register, lids: ReadonlySet<string>): readonly HistoryEntry[] {
  return entries.flatMap((entry, index): HistoryEntry[] => {
    const at = times[index] as UnixSeconds;
    if (isLicenseEntry(entry)) {
      const { lid, seq, exp, kind } = entry;
      return lids.has(lid) ? [{ at, what: kind, lid, seq, exp }] : [];
    }
    if (entry.kind !== "revocation") return [];
    const before = entries.slice(0, index).filter((other) => other.kind === "revocation");
    // Every list has the entries of the lists before it.
    const fresh = entry.licenses.filter(
      (lid) => lids.has(lid) && !before.some(({ licenses }) => licenses.includes(lid)),
    );
    return fresh.map((lid) => ({ at, what: "revocation" as const, lid, seq: entry.seq, exp: null }));
  });
}
