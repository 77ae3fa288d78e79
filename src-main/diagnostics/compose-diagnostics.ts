import type { LicenseEntry, ScreenView } from "../../src-shared/ipc/index.ts";
import type { LedgerHead } from "../../src-shared/ledger/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { UnexpectedError } from "../errors/index.ts";
import type { LedgerInspection } from "../ledger/index.ts";

/** Everything that the diagnostics contain: ids, numbers and codes; no names of persons, folders or titles. */
export type DiagnosticFacts = {
  readonly now: UnixSeconds;
  readonly appVersion: string;
  readonly electron: string;
  readonly system: { readonly name: string; readonly version: string; readonly architecture: string };
  readonly language: string;
  readonly screen: ScreenView;
  readonly vault: { readonly vaultId: string; readonly stickId: string; readonly gen: number } | undefined;
  readonly licenses: readonly LicenseEntry[];
  readonly ledger: LedgerInspection;
  /** Since the start of the app. */
  readonly errors: { readonly count: number; readonly last: UnexpectedError | undefined };
  readonly deviceKey: "there" | "none" | "STORE_LOCKED" | "STORE_NONE";
  readonly log: readonly string[];
};

/** The text that a person sends to support; in English, for the support staff. */
export function composeDiagnostics(facts: DiagnosticFacts): string {
  const { system, vault, screen } = facts;
  return [
    "USB Video Vault diagnostics",
    `time: ${moment(facts.now)}`,
    `app: ${facts.appVersion}, Electron ${facts.electron}`,
    `system: ${system.name} ${system.version} ${system.architecture}`,
    `language: ${facts.language}`,
    `screen: ${screenText(screen)}`,
    vault ? `vault: ${vault.vaultId} generation ${vault.gen}` : "vault: none",
    vault ? `stick: ${vault.stickId}` : "stick: none",
    `keychain: ${keychainText(facts)}`,
    ...facts.licenses.map(licenseLine),
    ...ledgerLines(facts.ledger),
    ...errorLines(facts.errors),
    `log, last ${facts.log.length} lines:`,
    ...facts.log,
    "",
  ].join("\n");
}

function moment(seconds: UnixSeconds): string {
  return seconds === 0 ? "never" : new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

function screenText(screen: ScreenView): string {
  switch (screen.stage) {
    case "no-stick":
      return screen.problem === null ? "no-stick" : `no-stick ${screen.problem}`;
    case "locked":
      return `locked ${screen.refusal?.code ?? "passphrase asked"}`;
    case "catalog":
      return `catalog ${screen.license.code}${screen.present ? "" : ", stick away"}`;
  }
}

function keychainText({ deviceKey }: DiagnosticFacts): string {
  return deviceKey === "there" || deviceKey === "none" ? `open, device key ${deviceKey}` : deviceKey;
}

function licenseLine({ code, status, locations, facts, hardware }: LicenseEntry): string {
  const start = `license: ${code} ${status} on ${locations.join("+")}`;
  if (!facts) return start;
  const dates = `${moment(facts.starts)} to ${moment(facts.expires)}, grace to ${moment(facts.graceEnds)}`;
  const binding = `computer ${facts.computer}, passphrase ${facts.passphrase ? "yes" : "no"}, stick ${facts.stickId}`;
  const agreement = Object.entries(hardware).map(([kind, agrees]) => `${kind} ${agrees ? "yes" : "no"}`);
  const matches = agreement.length === 0 ? "hardware not compared" : `hardware ${agreement.join(" ")}`;
  return `${start}, ${facts.licenseId} seq ${facts.seq} ring ${facts.ring}, ${dates}, ${binding}, ${matches}`;
}

function ledgerLines(ledger: LedgerInspection): string[] {
  if (ledger.state !== "ready") return [`ledger: ${ledger.state}`];
  const { gen, keychain, file, stick, head } = ledger;
  return [
    `ledger: ready, write ${gen}; keychain ${keychain}, file ${file}, stick ${stick}`,
    `counters: ${counters(head)}`,
    ...Array.from(head.licenses, ([id, seen]) => `counter of license ${id}: ${seen.generation}.${seen.sequence}`),
    ...Array.from(head.manifests, ([id, seen]) => `counter of stick ${id}: ${seen.generation}.${seen.sequence}`),
  ];
}

function errorLines({ count, last }: DiagnosticFacts["errors"]): string[] {
  if (!last) return [`unexpected errors: ${count}`];
  const { at, source, call, kind, code, frames } = last;
  const what = [source, call, kind, code].filter(Boolean).join(" ");
  return [`unexpected errors: ${count}, last at ${moment(at)}: ${what}`, ...frames.map((frame) => `  in ${frame}`)];
}

function counters({ licenseEpoch, revocations, buildFloor, trustedTime, seenTime }: LedgerHead): string {
  const lists = `revocations ${revocations.generation}.${revocations.sequence}`;
  const clocks = `signed time ${moment(trustedTime)}, seen time ${moment(seenTime)}`;
  return `epoch ${licenseEpoch}, ${lists}, build floor ${buildFloor}, ${clocks}`;
}
