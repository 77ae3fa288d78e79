import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pilotTargets } from "../../../fakes/promotion-evidence-files.ts";

/** The items of the two checklists that people show, not the gates. */
export const RING1 = [
  "automated-tests",
  "license-workflow",
  "team-validation",
  "docs-updated",
  "support-ready",
  "rollback-rehearsed",
];
export const GA = [
  "automated-tests",
  "license-process",
  "support-validated",
  "communication",
  "docs-updated",
  "migration",
  "rollback-rehearsed",
];

/** Everything that `npm run dist` leaves in its folder; returns the paths. */
export function makeDist(dist: string, version: string): string[] {
  mkdirSync(join(dist, "linux-unpacked"), { recursive: true });
  const names = [
    `usb-video-vault_${version}_amd64.deb`,
    `usb-video-vault-${version}-x86_64.AppImage`,
    `usb-video-vault-${version}-x86_64.AppImage.blockmap`,
    `usb-video-vault-ring-server_${version}_amd64.deb`,
    `vaultctl-${version}.tgz`,
    "latest-linux.yml",
    "SHA256SUMS",
  ];
  for (const name of names) writeFileSync(join(dist, name), `${name} ${version}`);
  return [...names, "linux-unpacked"].map((name) => join(dist, name));
}

/** Puts the reports for these items where `feed promote` looks for them; returns the folder. */
export function writeEvidence(repo: string, ring: string, build: string, items: readonly string[]): string {
  const to = join(repo, "evidence", `${ring}-${build}`);
  mkdirSync(to, { recursive: true });
  for (const item of items) writeFileSync(join(to, `${item}.html`), "passed");
  return to;
}

/** Three pilots with signed agreements. */
export function addPilots(repo: string): void {
  const file = join(repo, "ring-targets.json");
  const targets = JSON.parse(readFileSync(file, "utf8")) as { rings: { ring1: { targets: object[] } } };
  targets.rings.ring1.targets = pilotTargets(3);
  writeFileSync(file, JSON.stringify(targets));
}

/** The four promotions that bring a build from ring0 to everybody: the ring, and the ring whose verdict it needs. */
export const TO_EVERYBODY = [
  ["ring1", "ring0"],
  ["ga", "ring1"],
  ["ga", "ga"],
  ["ga", "ga"],
] as const;
