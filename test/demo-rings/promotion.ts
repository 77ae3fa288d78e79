import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildId } from "../../src-shared/updates/index.ts";
import { DATA } from "./ring-control.ts";
import { feed, FOLDER, KEYS, REPO, signedByBoth, type DemoFixture } from "./demo-fixture.ts";

export type Promotion = { readonly from: "ring0" | "ring1"; readonly to: "ring1" | "ga"; readonly build: BuildId };

/** To the next ring: with what the gates found, a filled checklist, and the signatures that the ring takes. */
export async function promote(fixture: DemoFixture, { from, to, build }: Promotion): Promise<void> {
  const verdict = join(FOLDER, `verdict-${from}-${build}.json`);
  const where = ["--repo", REPO, "--keys", KEYS, "--data", DATA];
  await fixture.publisher.run("ring", "status", ...where, "--ring", from, "--verdict", verdict);
  const checklist = await fillChecklist(fixture, to, build, verdict);
  const words = ["--ring", to, "--build", build, "--verdict", verdict, "--checklist", checklist];
  if (to === "ga") await signedByBoth(fixture, "promote", ...words);
  else await feed(fixture, "promote", ...words);
}

type Shown = { readonly lacking: readonly string[] };

/** What people would look up themselves stands in one made-up report. What gates measure is the verdict. */
async function fillChecklist({ publisher }: DemoFixture, to: "ring1" | "ga", build: BuildId, verdict: string) {
  const [file, report] = [join(FOLDER, `checklist-${to}-${build}.json`), join(FOLDER, "report.txt")];
  rmSync(file, { force: true });
  writeFileSync(report, "Made up for the demo: tests, team, documentation and support are ready.\n");
  await publisher.run("ring", "checklist", "init", "--ring", to, "--build", build, "--out", file);
  const { lacking } = await publisher.run<Shown>("ring", "checklist", "set", file, "--verdict", verdict);
  for (const item of lacking) {
    await publisher.run("ring", "checklist", "set", file, "--item", item, "--file", report, "--note", "Made up");
  }
  return file;
}

/** The clients who have signed that they try releases first. */
export async function signAgreements(fixture: DemoFixture, pilots: number): Promise<void> {
  const signed = new Date(fixture.clock.now()).toISOString().slice(0, 10);
  for (let pilot = 1; pilot <= pilots; pilot++) {
    const agreement = join(FOLDER, `agreement-${pilot}.txt`);
    writeFileSync(agreement, `Made up for the demo: client ${pilot} tries releases first, and says how they fare.\n`);
    await feed(fixture, "pilot", "--hostname", `pilot-${pilot}`, "--agreement", agreement, "--signed", signed);
  }
}
