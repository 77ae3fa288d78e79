import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { HOUR } from "../../../src-shared/units.ts";
import { promotionEvidenceFiles } from "../../fakes/promotion-evidence-files.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { openUsedRings, START, type UsedRings } from "../server/used-rings.ts";
import { type CommandResult, run } from "./support/feed-fixture.ts";
import { addPilots, makeDist, RING1, TO_EVERYBODY, writeEvidence } from "./support/releases.ts";

// Each step of a release with one command: no folder and no key id is named. The whole fortnight: a-fortnight.test.ts.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

type Change = CommandResult & {
  published?: boolean;
  build: string;
  pending: string | null;
  changes: { published: boolean; summary: string; signed: { role: string }[] }[];
};

let folder: string;
let used: UsedRings;
let data: string;
let hours: number;
const path = (...names: string[]) => join(folder, ...names);

async function vaultctl(line: string, more: readonly string[] = []): Promise<Change> {
  const result = await run([...line.split(" "), ...more], START + hours * HOUR);
  if (!result.ok) throw new Error(`${line}: ${result.error?.code}: ${result.error?.message}`);
  return result as Change;
}
const refusal = async (line: string, more: readonly string[] = []) => {
  const { error } = await run([...line.split(" "), ...more], START + hours * HOUR);
  return error as { code: string; message: string };
};
/** What a person does at an own computer, or here: sign everything that needs this bundle. */
const sign = async (name: string) => {
  vi.stubEnv("VAULTCTL_PERSON_KEYS", path("bundles", name));
  return vaultctl("feed sign", ["--yes"]);
};
const ringsNow = async () => {
  const { rings } = (await run(["feed", "status"], START)) as unknown as {
    rings: Record<string, { release?: { build: string; kind: string; basisPoints: number } }>;
  };
  return Object.fromEntries(
    Object.entries(rings).map(([ring, { release }]) => [
      ring,
      release ? `${release.build.split("-")[0]} ${release.kind} ${release.basisPoints / 100}` : "nothing",
    ]),
  );
};
const evidence = (ring: string, build: string, ...items: string[]) => writeEvidence(path("feed"), ring, build, items);
const distOf = (version: string) => makeDist(path("dist", version), version);

// Made once; each test gets a copy.
let template: string;
beforeAll(async () => {
  template = temporaryFolder(afterAll);
  enter(template);
  mkdirSync(data);
  await vaultctl(`keys init --dir ${path("keys")} --dev`);
  await vaultctl(`feed init --people person-1,person-2,person-3 --out ${path("bundles")}/`);
  addPilots(path("feed"));
  // The build that everybody has runs in every ring.
  const { build } = await vaultctl("feed add-build", [...distOf("0.1.0"), "--to", "ring0"]);
  const everybody = ["person-1", "person-2"].flatMap((name) => ["--person-keys", path("bundles", name)]);
  const skip = ["--override", "window", "--override", "observation"];
  for (const [ring, gate] of TO_EVERYBODY) {
    const options = promotionEvidenceFiles(folder, ring, gate, build, START);
    const order = ["--ring", ring, "--build", build, ...options, ...skip, "--reason", "first", ...everybody];
    expect(await vaultctl("feed promote", order)).toMatchObject({ published: true });
  }
  expect(await ringsNow()).toEqual({ ring0: "0.1.0 forward 100", ring1: "0.1.0 forward 100", ga: "0.1.0 forward 100" });
  vi.unstubAllEnvs();
});

beforeEach(async () => {
  const copy = temporaryFolder();
  cpSync(template, copy, { recursive: true, preserveTimestamps: true });
  enter(copy);
  used = await openUsedRings({ repo: path("feed"), keys: path("keys") }, data);
});

/** Uses the keys and the feed in a folder. */
function enter(where: string): void {
  folder = where;
  data = path("data");
  hours = 0;
  vi.stubEnv("VAULTCTL_KEYS", path("keys"));
  vi.stubEnv("VAULTCTL_FEED", path("feed"));
  vi.stubEnv("VAULTCTL_PERSON_KEYS", "");
}
afterEach(() => vi.unstubAllEnvs());

const withData = () => ["--data", data];
const verdictsGiven = async () => {
  const { decisions } = (await run(["ring", "log", ...withData()])) as unknown as {
    decisions: { decision: { kind: string; ring: string; verdict?: string } }[];
  };
  return decisions
    .filter(({ decision }) => decision.kind === "verdict-given")
    .map(({ decision: { ring, verdict } }) => `${ring} ${verdict}`);
};

describe("a release with one command a step", () => {
  it("says what has no evidence yet, records each file once, and finds one that was changed", async () => {
    hours = 1;
    const { build } = await vaultctl("feed add-build", [...distOf("0.2.0"), "--to", "ring0"]);
    await used.use("ring0", "0.2.0", 1, 49);
    hours = 49;
    const to = evidence("ring1", build, ...RING1.slice(0, 4));
    writeFileSync(join(to, "performance.html"), "measured by the gates, not by a file");
    const missing = await refusal("feed promote ring1", withData());
    expect(missing.code).toBe("CHECKLIST_INCOMPLETE");
    expect(missing.message).toMatch(/^No evidence yet for support-ready \(.*; rollback-rehearsed \(/);
    expect(missing.message).toContain(`Put files with these names into ${to}`);
    evidence("ring1", build, ...RING1);
    writeFileSync(join(to, "automated-tests.html"), "1 failed");
    expect((await refusal("feed promote ring1", withData())).code).toBe("EVIDENCE_CHANGED");
    writeFileSync(join(to, "automated-tests.html"), "passed");
    const result = await vaultctl("feed promote ring1", withData());
    const { items } = JSON.parse(readFileSync(join(to, "checklist.json"), "utf8")) as {
      items: Record<string, object[]>;
    };
    expect(items["automated-tests"]).toHaveLength(1);
    expect(items["performance"]).toMatchObject([{ kind: "verdict" }]);
    expect(readFileSync(join(to, "record.md"), "utf8")).toContain("Every required item has evidence.");
    expect(result.pending).toMatch(/pending\.json$/);
    // People were given one verdict: that of the promotion, and none of the refused ones.
    expect(await verdictsGiven()).toEqual(["ring0 pass"]);
  });

  it("is refused too early, for another ring, or when nothing is to be promoted", async () => {
    expect((await refusal("feed promote ring1", withData())).code).toBe("BUILD_RUNNING");
    expect((await refusal("feed promote ring0", withData())).code).toBe("USAGE");
    expect((await refusal("feed promote ring1 --verdict x", withData())).code).toBe("USAGE");
    expect((await refusal("feed promote --ring ring1")).code).toBe("USAGE");
    expect((await refusal("feed promote")).code).toBe("USAGE");
    expect((await refusal("feed promote ring1", ["--data", path("none")])).code).toBe("RING_DATA_MISSING");
    hours = 1;
    const { build } = await vaultctl("feed add-build", [...distOf("0.2.0"), "--to", "ring0"]);
    await used.use("ring0", "0.2.0", 1, 9);
    hours = 9;
    evidence("ring1", build, ...RING1);
    expect((await refusal("feed promote ring1", withData())).code).toBe("VERDICT_NOT_PASS");
    expect(await verdictsGiven()).toEqual([]);
    expect(await ringsNow()).toMatchObject({ ring1: "0.1.0 forward 100" });
  });
});

describe("feed add-build with everything that lies in dist", () => {
  it("takes the packages, lists what it leaves out, and takes version and epoch from names and feed", async () => {
    const { build, summary } = (await vaultctl("feed add-build", distOf("0.2.0"))) as Change & { summary: string };
    expect(build).toMatch(/^0\.2\.0-/);
    expect(summary).toMatch(/version 0\.2\.0, epoch 1, 2 files$/);
    const higher = await vaultctl("feed add-build", [...distOf("0.3.0"), "--build-epoch", "4"]);
    expect(higher.build).toMatch(/^0\.3\.0-/);
    const next = (await vaultctl("feed add-build", distOf("0.4.0"))) as Change & { summary: string };
    expect(next.summary).toContain("epoch 4");
  });

  it("refuses packages of several versions, none at all, and names without a version", async () => {
    const both = [...distOf("0.2.0"), ...distOf("0.3.0")];
    const mixed = await refusal("feed add-build", both);
    expect(mixed).toMatchObject({
      code: "BUILD_FILE_UNKNOWN",
      message: expect.stringContaining("0.2.0, 0.3.0") as string,
    });
    const dist = distOf("0.2.0");
    writeFileSync(path("dist", "0.2.0", "SHA256SUMS"), `${"0".repeat(64)}  usb-video-vault_0.2.0_amd64.deb\n`);
    expect((await refusal("feed add-build", dist)).code).toBe("PACKAGE_CHANGED");
    const rest = distOf("0.2.0").filter((name) => !/\.(deb|AppImage)$/.test(name));
    expect((await refusal("feed add-build", rest)).code).toBe("BUILD_FILE_UNKNOWN");
    copyFileSync(path("dist", "0.2.0", "usb-video-vault_0.2.0_amd64.deb"), path("vault_amd64.deb"));
    expect((await refusal("feed add-build", [path("vault_amd64.deb")])).code).toBe("USAGE");
    expect((await refusal("feed add-build", [path("dist", "0.2.0", "notes.pdf")])).code).not.toBe("INTERNAL");
  });
});

describe("feed sign without a change", () => {
  it("signs on a person's own computer, from a copy of the feed and the bundle alone", async () => {
    await vaultctl("feed flags --ring ga --on dark --reason x");
    cpSync(path("feed"), path("copy"), { recursive: true });
    vi.stubEnv("VAULTCTL_KEYS", "");
    vi.stubEnv("VAULTCTL_FEED", path("copy"));
    delete process.env["VAULTCTL_KEYS"];
    const signed = (await sign("person-3")) as unknown as { changes: { file: string; published: boolean }[] };
    expect(signed.changes).toMatchObject([{ published: false, signed: [{ role: "ga" }] }]);
    // Nothing is left to sign.
    expect((await refusal("feed sign --yes")).code).toBe("NOTHING_TO_SIGN");
    vi.stubEnv("VAULTCTL_KEYS", path("keys"));
    vi.stubEnv("VAULTCTL_FEED", path("feed"));
    expect(await vaultctl("feed import", [signed.changes[0]?.file ?? ""])).toMatchObject({ published: false });
    expect(await sign("person-1")).toMatchObject({ changes: [{ published: true }] });
  });

  it("asks about each change, and signs root and targets only if they are named", async () => {
    await vaultctl("feed flags --ring ga --on dark --reason x");
    const { pending } = await vaultctl("feed rotate --role ring0");
    vi.stubEnv("VAULTCTL_PERSON_KEYS", path("bundles", "person-1", "offline"));
    const unnamed = await refusal("feed sign --yes");
    expect(unnamed).toMatchObject({
      code: "NOTHING_TO_SIGN",
      message: expect.stringContaining("--role targets") as string,
    });
    // Without --yes and without anybody to ask, nothing is signed.
    vi.stubEnv("VAULTCTL_PERSON_KEYS", path("bundles", "person-1"));
    expect((await refusal("feed sign")).code).toBe("NOTHING_TO_SIGN");
    expect(readFileSync(pending as string, "utf8")).toContain("ring0");
    vi.stubEnv("VAULTCTL_PERSON_KEYS", path("bundles", "person-1", "offline"));
    expect(await vaultctl("feed sign --yes --role targets")).toMatchObject({
      changes: [{ signed: [{ role: "targets" }] }],
    });
  });
});

describe("stopping and going on", () => {
  it("a rollback goes to the last good build of each ring, and is refused where there is none", async () => {
    expect((await refusal("feed rollback")).code).toBe("USAGE");
    expect((await refusal("feed rollback ga ring7")).code).toBe("USAGE");
    expect((await refusal("feed rollback ga ring1")).code).toBe("BUILD_NEVER_OFFERED");
    hours = 1;
    const two = await vaultctl("feed add-build", [...distOf("0.2.0"), "--to", "ring0"]);
    await vaultctl("feed add-build", [...distOf("0.3.0"), "--to", "ring0"]);
    // 0.2.0 is halted, so it is not good any more.
    await vaultctl("feed halt", [two.build, "--everywhere"]);
    const result = await vaultctl("feed rollback ring0");
    expect(result).toMatchObject({
      published: true,
      summary: expect.stringMatching(/^rollback of ring0 to 0\.1\.0-/) as string,
    });
  });

  it("a build that was halted before a ring had it is resumed where it was, and no longer halted elsewhere", async () => {
    hours = 1;
    const { build } = await vaultctl("feed add-build", [...distOf("0.2.0"), "--to", "ring0"]);
    await vaultctl("feed halt 0.2.0 --everywhere");
    const resumed = await vaultctl("feed resume 0.2.0 --reason driver");
    expect(resumed.changes.map(({ summary, published }) => [summary, published])).toEqual([
      [`ring0 resumes ${build}`, true],
      [`the halt of ${build} in ring1 is lifted`, false],
      [`the halt of ${build} in ga is lifted`, false],
    ]);
    // Whoever signs is told what it does, and nobody gets another build by it.
    vi.stubEnv("VAULTCTL_PERSON_KEYS", path("bundles", "person-1"));
    const pending = await run(["feed", "pending"], START + hours * HOUR);
    const text = JSON.stringify(pending);
    expect(text).toContain(`The halt of build ${build} in ring1 is lifted.`);
    expect(text).toMatch(/ring1 keeps build 0\.1\.0-\w+ for 100 % of its computers/);
    const published = (change: Change) => change.changes.filter((one) => one.published).length;
    expect(published(await sign("person-1"))).toBe(1);
    expect(published(await sign("person-2"))).toBe(1);
    expect(await ringsNow()).toMatchObject({ ring1: "0.1.0 forward 100", ga: "0.1.0 forward 100" });
    expect(await refusal("feed resume 0.2.0 --reason driver")).toMatchObject({ code: "HALT_UNKNOWN" });
    expect((await refusal("feed resume 9.9.9 --reason x")).code).toBe("BUILD_UNKNOWN");
    expect((await refusal("feed resume --reason x")).code).toBe("USAGE");
  });
});
