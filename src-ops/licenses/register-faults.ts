import { isLicenseEntry, type RegisterEntry } from "../register/index.ts";

/** The faults in the entries of a register whose hash chain is valid, one sentence each. Lines count from 1. */
export function findEntryFaults(entries: readonly RegisterEntry[]): string[] {
  return [...repeatedArtefacts(entries), ...licenseNumbers(entries), ...listNumbers(entries)];
}

function repeatedArtefacts(entries: readonly RegisterEntry[]): string[] {
  const lines = new Map<string, number>();
  return entries.flatMap((entry, index) => {
    if (!("sha256" in entry)) return [];
    const before = lines.get(entry.sha256);
    lines.set(entry.sha256, index + 1);
    return before === undefined ? [] : [`lines ${before} and ${index + 1} are for the same file`];
  });
}

function licenseNumbers(entries: readonly RegisterEntry[]): string[] {
  let highest = 0;
  const known = new Set<string>();
  return entries.flatMap((entry, index) => {
    if (entry.kind === "restart" || entry.kind === "generation") highest = Math.max(highest, entry.firstSeq - 1);
    if (!isLicenseEntry(entry)) return [];
    const faults: string[] = [];
    if (entry.seq <= highest && entry.kind !== "restored") {
      faults.push(`line ${index + 1}: number ${entry.seq} is not above ${highest}`);
    }
    const follows = entry.kind === "renewal" || entry.kind === "transfer";
    if (follows !== known.has(entry.lid) && entry.kind !== "restored") {
      const what = follows ? "was never issued" : "was issued before";
      faults.push(`line ${index + 1}: license ${entry.lid} ${what}`);
    }
    known.add(entry.lid);
    highest = Math.max(highest, entry.seq);
    return faults;
  });
}

function listNumbers(entries: readonly RegisterEntry[]): string[] {
  const highest = { revocation: 0, rotation: 0 };
  return entries.flatMap((entry, index) => {
    if (entry.kind !== "revocation" && entry.kind !== "rotation") return [];
    const fault = `line ${index + 1}: ${entry.kind} number ${entry.seq} is not above ${highest[entry.kind]}`;
    const rises = entry.seq > highest[entry.kind];
    highest[entry.kind] = Math.max(highest[entry.kind], entry.seq);
    return rises ? [] : [fault];
  });
}
