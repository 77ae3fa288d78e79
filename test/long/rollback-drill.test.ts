import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Halts, Release } from "../../src-shared/updates/index.ts";
import { PROJECT, succeed } from "../ops/support/vaultctl.ts";
import { writeChecklist } from "../fakes/promotion-evidence-files.ts";
import { type FeedFixture, openFeedFixture } from "../ops/feed/support/feed-fixture.ts";
import { serve, type TufReader, tufReader } from "../ops/feed/support/tuf-reader.ts";

// Runs the commands of docs/rings/ring-rollback-procedures.md exactly as the page has them.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const PAGE = readFileSync(join(PROJECT, "docs", "rings", "ring-rollback-procedures.md"), "utf8");
const SECTIONS = PAGE.split(/^## /m)
  .slice(1)
  .map((section) => ({
    title: section.split("\n", 1).join(""),
    commands: [...section.matchAll(/^\$ vaultctl (.+)$/gm)].map(([, line]) => line as string),
  }));

type CommandOutput = { pending?: string | null; build?: string; summary?: string };

let publisher: FeedFixture;
let names: Record<string, string>;
let reader: TufReader;
beforeEach(async () => {
  publisher = await openFeedFixture();
  const [good, bad] = [await publisher.build("1.0.0"), await publisher.build("1.1.0")];
  await publisher.promoteEverywhere(good);
  await publisher.promoteEverywhere(bad);
  mkdirSync(publisher.path("stick"));
  mkdirSync(publisher.path("away"));
  writeFileSync(publisher.path("usb-video-vault_1.2.0_amd64.deb"), "fixed");
  names = {
    REPO: publisher.repo,
    KEYS: publisher.keys,
    GOOD: good,
    BAD: bad,
    STICK: publisher.path("stick"),
    "PERSON-3": publisher.path("away", "person-3"),
    COPY: publisher.path("away", "copy"),
    TRUST: publisher.trust,
    "FIXED-FILE": publisher.path("usb-video-vault_1.2.0_amd64.deb"),
  };
  reader = tufReader((await serve(publisher.repo)).url, join(publisher.trust, "feed-root.json"));
});

/** Runs the commands of a section. With `environment` they are real processes. Later commands use earlier results. */
async function follow(title: string, environment?: Record<string, string>): Promise<void> {
  const section = SECTIONS.find((one) => one.title.startsWith(title));
  expect(section?.commands.length).toBeGreaterThan(0);
  for (const line of section?.commands ?? []) {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? resolve(plain as string));
    const isSigning = words[1] === "sign";
    if (isSigning) cpSync(publisher.repo, names["COPY"] as string, { recursive: true });
    // A drill has nobody who could answer the question.
    const output = await succeed<CommandOutput>(isSigning ? [...words, "--yes"] : words, environment);
    if (output.pending) names["PENDING"] = output.pending;
    if (output.build) names["FIXED"] = output.build;
    writeEvidence();
  }
}

/** Writes the verdicts and checklists of the fixed build. */
function writeEvidence(): void {
  const build = names["FIXED"];
  if (build === undefined) return;
  const at = Math.floor(Date.now() / 1_000);
  names["VERDICT-RING0"] = publisher.verdict("ring0", build, { at });
  names["VERDICT-RING1"] = publisher.verdict("ring1", build, { at });
  names["CHECKLIST-RING1"] = writeChecklist(publisher.folder, "ring1", build, names["VERDICT-RING0"]);
  names["CHECKLIST-GA"] = writeChecklist(publisher.folder, "ga", build, names["VERDICT-RING1"]);
}

function resolve(word: string): string {
  const [name = "", ...rest] = word.split("/");
  return name in names ? [names[name], ...rest].join("/") : word;
}

const release = (ring: string) => reader.json<Release>(`rings/${ring}/release.json`);
const halt = (ring: string) => reader.json<Halts>(`halts/${ring}/halt.json`);

describe("the rollback procedures", () => {
  it("from the decision to a published halt and rollback that another client can read (R-32)", async () => {
    await reader.refresh();
    const decided = performance.now();
    await follow("1.", {});
    expect(await halt("ga")).toMatchObject({ halts: [{ build: names["BAD"] }] });
    const halted = performance.now();
    await follow("3. ", {});
    expect(await release("ga")).toMatchObject({ kind: "rollback", build: names["GOOD"], from: [names["BAD"]] });
    const back = performance.now();
    const seconds = [halted - decided, back - decided].map((ms) => (ms / 1000).toFixed(1));
    process.stdout.write(`rollback drill: halt read after ${seconds[0]} s, rollback read after ${seconds[1]} s\n`);
    // "automatic < 2 min": the commands are the automatic part.
    expect(back - decided).toBeLessThan(120_000);
  });

  it("3a: with the persons in different places", async () => {
    for (const person of ["person-2", "person-3"]) {
      renameSync(join(publisher.keys, "private", "feed", person), publisher.path("away", person));
    }
    await follow("3a.");
    expect(await release("ga")).toMatchObject({ kind: "rollback", build: names["GOOD"] });
    expect(await halt("ga")).toMatchObject({ halts: [{ build: names["BAD"] }] });
  });

  it("5: a fix passes all rings again", async () => {
    await follow("5. ");
    expect(await release("ga")).toMatchObject({ kind: "forward", build: names["FIXED"], fallback: names["GOOD"] });
  });

  it("5a: a false alarm", async () => {
    await follow("5a.");
    expect(await release("ga")).toMatchObject({ kind: "resume", build: names["BAD"], resumed: [{ seq: 1 }] });
  });

  it("5b: a feature flag, which reaches readers without a gate", async () => {
    await follow("5b.");
    const document = await release("ga");
    expect(document).toMatchObject({ build: names["BAD"], basisPoints: 10_000, flags: { "license-links": true } });
  });

  it("6: a stolen ring key", async () => {
    await follow("6.");
    expect(await release("ring0")).toMatchObject({ seq: 2, build: names["BAD"], reason: "Ours again" });
  });

  it("7: a stolen halt key", async () => {
    await follow("7.");
    expect(await halt("ga")).toMatchObject({ halts: [] });
    expect(await halt("ring1")).toMatchObject({ halts: [{ build: names["BAD"] }] });
  });

  it("8: a build that must never run again", async () => {
    await follow("8.");
    expect(await reader.json("security.json")).toMatchObject({ revokedBuilds: [names["BAD"]] });
  });

  it("run every command of the page", () => {
    const tried = ["1.", "3. ", "3a.", "5. ", "5a.", "5b.", "6.", "7.", "8."];
    const others = SECTIONS.filter(({ title }) => !tried.some((start) => title.startsWith(start)));
    expect(others.flatMap(({ commands }) => commands)).toEqual([]);
  });
});
