import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildId } from "../../src-shared/updates/index.ts";
import { DATA } from "./ring-control.ts";
import { feed, FOLDER, KEYS, REPO, signedByBoth, type DemoFixture } from "./demo-fixture.ts";

export type Promotion = { readonly from: "ring0" | "ring1"; readonly to: "ring1" | "ga"; readonly build: BuildId };

/**
 * Promotes a build to the next ring, with the gates' verdict, a filled checklist, and the signatures that the ring
 * needs.
 */
export async function promote(fixture: DemoFixture, { from, to, build }: Promotion): Promise<void> {
  const verdict = join(FOLDER, `verdict-${from}-${build}.json`);
  const where = ["--repo", REPO, "--keys", KEYS, "--data", DATA];
  await fixture.publisher.run("ring", "status", ...where, "--ring", from, "--verdict", verdict);
  const checklist = await fillChecklist(fixture, to, build, verdict);
  const args = ["--ring", to, "--build", build, "--verdict", verdict, "--checklist", checklist];
  if (to === "ga") await signedByBoth(fixture, "promote", ...args);
  else await feed(fixture, "promote", ...args);
}

type ChecklistResult = { readonly lacking: readonly string[] };

/**
 * For the items that people would check, the evidence is one made-up report; for the items of the gates, the verdict.
 */
async function fillChecklist({ publisher }: DemoFixture, to: "ring1" | "ga", build: BuildId, verdict: string) {
  const [file, report] = [join(FOLDER, `checklist-${to}-${build}.json`), join(FOLDER, "report.txt")];
  rmSync(file, { force: true });
  writeFileSync(report, "Made up for the demo: tests, team, documentation and support are ready.\n");
  await publisher.run("ring", "checklist", "init", "--ring", to, "--build", build, "--out", file);
  const { lacking } = await publisher.run<ChecklistResult>("ring", "checklist", "set", file, "--verdict", verdict);
  for (const item of lacking) {
    await publisher.run("ring", "checklist", "set", file, "--item", item, "--file", report, "--note", "Made up");
  }
  return file;
}

/** The agreements of the clients who try releases first. */
export async function signAgreements(fixture: DemoFixture, pilots: number): Promise<void> {
  const signed = new Date(fixture.clock.now()).toISOString().slice(0, 10);
  for (let pilot = 1; pilot <= pilots; pilot++) {
    const agreement = join(FOLDER, `agreement-${pilot}.txt`);
    writeFileSync(agreement, `Made up for the demo: client ${pilot} tries releases first, and says how they fare.\n`);
    await feed(fixture, "pilot", "--hostname", `pilot-${pilot}`, "--agreement", agreement, "--signed", signed);
  }
}
