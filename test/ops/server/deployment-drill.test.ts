import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { Ring } from "../../../src-shared/license/index.ts";
import { HOUR } from "../../../src-shared/units.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { type FeedFixture, openFeedFixture, run, type CommandResult } from "../feed/support/feed-fixture.ts";
import { PROJECT } from "../support/vaultctl.ts";
import { openUsedRings, START, type UsedRings } from "./used-rings.ts";

// Runs the commands of docs/rings/ring-deployment-procedures.md exactly as the page has them, at the hours that it
// specifies. The events of the computers are written directly to the store.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PAGE = readFileSync(join(PROJECT, "docs", "rings", "ring-deployment-procedures.md"), "utf8");
const SECTIONS = PAGE.split(/^## /m).map((section) => ({
  title: section.split("\n", 1).join(""),
  commands: [...section.matchAll(/^\$ ((?:vaultctl|mkdir|cp) .+)$/gm)].map(([, line]) => line as string),
}));

type Step = CommandResult & { pending?: string | null; build?: string; changes?: { file: string }[] };
type States = { states: { rings: { ring: Ring; state: string; percent: number; next: object }[] } };

let publisher: FeedFixture;
let use: UsedRings["use"];
let names: Record<string, string>;
let version = "1.1.0";

/** A publisher with a feed and a ring server's data. Two people keep their keys elsewhere. */
async function openDrill(): Promise<void> {
  publisher = await openFeedFixture();
  const data = temporaryFolder();
  ({ use } = await openUsedRings(publisher, data));
  mkdirSync(publisher.path("away"));
  for (const person of ["person-2", "person-3"])
    renameSync(join(publisher.keys, "private", "feed", person), publisher.path("away", person));
  writeFileSync(publisher.path("usb-video-vault_1.1.0_amd64.deb"), "chapters");
  writeFileSync(publisher.path("signed.pdf"), "signed by both");
  writeFileSync(publisher.path("report.html"), "1,204 passed");
  names = {
    REPO: publisher.repo,
    KEYS: publisher.keys,
    DATA: data,
    PACKAGE: publisher.path("usb-video-vault_1.1.0_amd64.deb"),
    AGREEMENT: publisher.path("signed.pdf"),
    REPORT: publisher.path("report.html"),
    VERDICT: publisher.path("verdict.json"),
    "RING1-LIST": publisher.path("ring1.json"),
    "PERSON-2": publisher.path("away", "person-2"),
    COPY: publisher.path("away", "copy"),
    TRUST: publisher.trust,
  };
}

/** Runs the commands of a section at an hour after the start. Each must succeed. Returns the last result. */
async function follow(title: string, hours: number): Promise<Step> {
  const section = SECTIONS.find((one) => one.title.startsWith(title));
  expect(section?.commands.length).toBeGreaterThan(0);
  let output: Step | undefined;
  for (const line of section?.commands ?? []) {
    const [program, ...args] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? resolve(plain as string),
    );
    if (program !== "vaultctl") {
      execFileSync(program as string, args);
      continue;
    }
    const isSigning = args[1] === "sign";
    if (isSigning) cpSync(publisher.repo, names["COPY"] as string, { recursive: true });
    // A drill has nobody who could answer the question.
    output = await run(isSigning ? [...args, "--yes"] : args, START + hours * HOUR);
    if (!output.ok) throw new Error(`${line}: ${output.error?.code}: ${output.error?.message}`);
    if (output.changes?.[0]) names["SIGNED"] = output.changes[0].file;
    if (output.build) {
      names["BUILD"] = output.build;
      for (const [name, ring] of [
        ["RING1-EVIDENCE", "ring1"],
        ["GA-EVIDENCE", "ga"],
      ] as const) {
        names[name] = join(publisher.repo, "evidence", `${ring}-${output.build}`);
      }
    }
  }
  return output as Step;
}

function resolve(word: string): string {
  const [name = "", ...rest] = word.split("/");
  return name in names ? [names[name], ...rest].join("/") : word;
}

const statesAt = async (hours: number) => {
  const args = [
    "ring",
    "status",
    "--repo",
    publisher.repo,
    "--keys",
    publisher.keys,
    "--data",
    names["DATA"] as string,
  ];
  const { states } = (await run(args, START + hours * HOUR)) as unknown as States;
  return states.rings.map(({ ring, state, percent }) =>
    state === "empty" ? `${ring} empty` : `${ring} ${state} ${percent}`,
  );
};

it("brings a build from a draft to everyone, and a hotfix to the pilots, with the commands of the page", async () => {
  await openDrill();
  await follow("1.", 0);
  await follow("2.", 0);
  expect(await statesAt(0)).toEqual(["ring0 running 100", "ring1 empty", "ga empty"]);
  await follow("3.", 0);

  await use("ring0", version, 0, 48);
  await follow("4.", 48);
  expect(await statesAt(48)).toEqual(["ring0 running 100", "ring1 running 100", "ga empty"]);
  expect(readFileSync(join(names["RING1-EVIDENCE"] as string, "record.md"), "utf8")).toContain(
    "Every required item has evidence.",
  );

  await follow("5.", 50);
  await use("ring1", version, 48, 216);
  await follow("6.", 216);
  expect(await statesAt(216)).toEqual(["ring0 running 100", "ring1 running 100", "ga running 10"]);

  await use("ga", version, 216, 240);
  await follow("7.", 240);
  expect(await statesAt(240)).toEqual(["ring0 running 100", "ring1 running 100", "ga running 50"]);
  // Two days later it is Sunday, outside the deployment window, so it waits for Tuesday.
  await use("ga", version, 240, 336);
  const { decisions } = (await follow("8.", 336)) as unknown as { decisions: number };
  expect(await statesAt(336)).toEqual(["ring0 running 100", "ring1 running 100", "ga running 100"]);
  expect(decisions).toBeGreaterThan(8);

  version = "1.1.1";
  names["BUILD"] = await publisher.build(version);
  names["RING1-LIST"] = publisher.path("hotfix.json");
  // A Saturday.
  const { states } = (await follow("9.", 432)) as unknown as {
    states: { rings: { promotion?: { lane?: string; overrides: object[] } }[] };
  };
  expect(states.rings[1]?.promotion).toMatchObject({
    lane: "p1",
    overrides: [{ code: "verdict", reason: "Every hour leaves the hole open" }],
  });
});

it("runs every command of the page", () => {
  const tried = SECTIONS.filter(({ title }) => /^\d\./.test(title));
  expect(tried).toHaveLength(9);
  expect(SECTIONS.filter((one) => !tried.includes(one)).flatMap(({ commands }) => commands)).toEqual([]);
});
