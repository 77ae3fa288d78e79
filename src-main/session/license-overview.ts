import type { LicenseEntry, LicenseOverview } from "../../src-shared/ipc/index.ts";
import { compareCounters, isReturned, type LedgerHead } from "../../src-shared/ledger/index.ts";
import type { License, LicenseVerdict } from "../../src-shared/license/index.ts";
import { factsOf } from "../license/index.ts";
import type { SessionPorts } from "./ports.ts";
import { returnedLicenses } from "./return-license.ts";
import type { State } from "./state.ts";

type Location = LicenseEntry["locations"][number];
type LocatedVerdict = { readonly verdict: LicenseVerdict; readonly locations: readonly Location[] };

const STATUSES: readonly LicenseEntry["status"][] = ["in-use", "waiting", "spare", "returned", "refused"];

/** The available licenses for a vault, where they are stored, and the verdict on each. */
export async function overviewOf(
  state: Exclude<State, { stage: "no-stick" }>,
  ports: SessionPorts,
): Promise<LicenseOverview> {
  const { licenseService, licenseStore } = ports;
  const { vaultId } = state.vault.manifest.claims;
  const onStick = await licenseStore.onStick(state.vault.root);
  const imported = await licenseStore.imported();
  const verdicts = await licenseService.judgeEach([...onStick, ...imported], state.vault);
  const judged = verdicts.map((verdict, index): LocatedVerdict => {
    const location: Location = index < onStick.length ? "stick" : "computer";
    return { verdict, locations: [location] };
  });
  const device = await licenseService.deviceKey();
  const deviceId = device.ok ? device.value?.id : undefined;
  const entries = eachOnce(judged)
    .filter(({ verdict }) => isForVault(verdict, vaultId))
    .map(async ({ verdict, locations }): Promise<LicenseEntry> => ({
      code: verdict.code,
      status: statusOf(verdict, state, ports.ledger.head()),
      locations: [...locations],
      facts: verdict.license ? factsOf(verdict.license.claims, deviceId) : null,
      hardware: verdict.license ? await licenseService.compareFingerprints(verdict.license, state.vault) : {},
    }));
  const licenses = await Promise.all(entries);
  return { licenses: licenses.toSorted(inUseFirst), returned: await returnedLicenses(ports) };
}

/** A license that is both on the stick and on this computer is listed once, with two locations. */
function eachOnce(judged: readonly LocatedVerdict[]): LocatedVerdict[] {
  const once = new Map<string, LocatedVerdict>();
  for (const [index, { verdict, locations }] of judged.entries()) {
    const id = verdict.license?.payloadHash ?? `unread ${index}`;
    once.set(id, { verdict, locations: [...new Set([...(once.get(id)?.locations ?? []), ...locations])] });
  }
  return [...once.values()];
}

// A license that cannot be read might be for this vault: it is shown with the reason.
function isForVault({ license }: LicenseVerdict, vaultId: string): boolean {
  return license === undefined || license.claims.vaults.some(({ id }) => id === vaultId);
}

function statusOf(
  { code, license }: LicenseVerdict,
  state: Exclude<State, { stage: "no-stick" }>,
  head: LedgerHead,
): LicenseEntry["status"] {
  if (license && state.stage === "open" && isSame(license, state.license.license)) return "in-use";
  if (code === "ROLLED_BACK" && license && wasReturned(license, head)) return "returned";
  if (code !== "OK" && code !== "GRACE") return "refused";
  const isAwaited = state.stage === "locked" && state.waiting.some((one) => license && isSame(license, one.license));
  return isAwaited ? "waiting" : "spare";
}

function wasReturned({ claims, counter }: License, head: LedgerHead): boolean {
  const seen = head.licenses.get(claims.lid);
  return seen !== undefined && isReturned(seen) && compareCounters(counter, seen) === 0;
}

function isSame(a: License, b: License): boolean {
  return a.payloadHash === b.payloadHash;
}

function inUseFirst(a: LicenseEntry, b: LicenseEntry): number {
  const order = STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status);
  return order || (b.facts?.expires ?? 0) - (a.facts?.expires ?? 0);
}
