import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HOUR } from "../../../src-shared/units.ts";
import { pilotTargets, promotionEvidenceFiles } from "../../fakes/promotion-evidence-files.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { openUsedRings, START, type UsedRings } from "../server/used-rings.ts";
import { type CommandResult, run } from "./support/feed-fixture.ts";

// The whole fortnight of a release manager, with the commands as they are written in docs/rings: no folder and no key id
// is named.
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
let count: number;
const path = (...names: string[]) => join(folder, ...names);

async function vaultctl(line: string, more: readonly string[] = []): Promise<Change> {
  count++;
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
const evidence = (ring: string, build: string, ...items: string[]) => {
  const to = path("feed", "evidence", `${ring}-${build}`);
  mkdirSync(to, { recursive: true });
  for (const item of items) writeFileSync(join(to, `${item}.html`), "passed");
  return to;
};
const RING1 = [
  "automated-tests",
  "license-workflow",
  "team-validation",
  "docs-updated",
  "support-ready",
  "rollback-rehearsed",
];
const GA = [
  "automated-tests",
  "license-process",
  "support-validated",
  "communication",
  "docs-updated",
  "migration",
  "rollback-rehearsed",
];

function distOf(version: string): string[] {
  const dist = path("dist", version);
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

beforeEach(async () => {
  folder = temporaryFolder();
  data = path("data");
  mkdirSync(data);
  hours = 0;
  count = 0;
  vi.stubEnv("VAULTCTL_KEYS", path("keys"));
  vi.stubEnv("VAULTCTL_FEED", path("feed"));
  vi.stubEnv("VAULTCTL_PERSON_KEYS", "");
  await vaultctl(`keys init --dir ${path("keys")} --dev`);
  await vaultctl(`feed init --people person-1,person-2,person-3 --out ${path("bundles")}/`);
  used = await openUsedRings({ repo: path("feed"), keys: path("keys") }, data);
  const file = path("feed", "ring-targets.json");
  const targets = JSON.parse(readFileSync(file, "utf8")) as { rings: { ring1: { targets: object[] } } };
  targets.rings.ring1.targets = pilotTargets(3);
  writeFileSync(file, JSON.stringify(targets));
  // The build that everybody has runs in every ring.
  const { build } = await vaultctl("feed add-build", [...distOf("0.1.0"), "--to", "ring0"]);
  const everybody = ["person-1", "person-2"].flatMap((name) => ["--person-keys", path("bundles", name)]);
  const skip = ["--override", "window", "--override", "observation"];
  for (const [ring, gate] of [
    ["ring1", "ring0"],
    ["ga", "ring1"],
    ["ga", "ga"],
    ["ga", "ga"],
  ] as const) {
    const options = promotionEvidenceFiles(folder, ring, gate, build, START);
    const order = ["--ring", ring, "--build", build, ...options, ...skip, "--reason", "first", ...everybody];
    expect(await vaultctl("feed promote", order)).toMatchObject({ published: true });
  }
  expect(await ringsNow()).toEqual({ ring0: "0.1.0 forward 100", ring1: "0.1.0 forward 100", ga: "0.1.0 forward 100" });
});
afterEach(() => vi.unstubAllEnvs());

const withData = () => ["--data", data];

describe("a release with one command a step", () => {
  it("goes from dist to everybody, is stopped everywhere, taken back, resumed, and signed with new keys", async () => {
    hours = 1;
    count = 0;
    const { build } = await vaultctl("feed add-build", [...distOf("0.2.0"), "--to", "ring0"]);
    await used.use("ring0", "0.2.0", 1, 49);
    hours = 49;
    evidence("ring1", build, ...RING1);
    expect(await vaultctl("feed promote ring1", withData())).toMatchObject({ published: false });
    expect(await sign("person-1")).toMatchObject({ changes: [{ published: true }] });
    await used.use("ring1", "0.2.0", 49, 217);
    hours = 217;
    evidence("ga", build, ...GA);
    expect(await vaultctl("feed promote ga", withData())).toMatchObject({ published: false });
    expect(await sign("person-1")).toMatchObject({ changes: [{ published: false }] });
    expect(await sign("person-2")).toMatchObject({ changes: [{ published: true }] });
    expect(await ringsNow()).toEqual({
      ring0: "0.2.0 forward 100",
      ring1: "0.2.0 forward 100",
      ga: "0.2.0 forward 10",
    });
    // From dist to the first tenth of everybody: 3 commands of the release manager, 3 of the people who sign.
    expect(count).toBe(6);

    expect(await vaultctl("feed halt 0.2.0 --everywhere")).toMatchObject({ published: true });
    const back = await vaultctl("feed rollback ga ring1");
    expect(back.changes.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/^rollback of ga to 0\.1\.0-/),
      expect.stringMatching(/^rollback of ring1 to 0\.1\.0-/),
    ]);
    const { changes } = await sign("person-2");
    expect(changes.flatMap(({ signed }) => signed.map(({ role }) => role)).toSorted()).toEqual(["ga", "ring1"]);
    await sign("person-3");
    expect(await ringsNow()).toMatchObject({ ring1: "0.1.0 rollback 100", ga: "0.1.0 rollback 100" });

    const resumed = await vaultctl("feed resume 0.2.0", ["--reason", "It was a display driver"]);
    expect(resumed.changes.map(({ published }) => published)).toEqual([true, false, false]);
    await sign("person-1");
    await sign("person-3");
    expect(await ringsNow()).toEqual({ ring0: "0.2.0 resume 100", ring1: "0.2.0 resume 100", ga: "0.2.0 resume 10" });

    const replaced = await vaultctl("feed person replace person-2");
    expect(replaced).toMatchObject({
      published: false,
      bundles: expect.arrayContaining([expect.any(String)]) as unknown,
    });
    const root = ["--role", "root", "--role", "targets"];
    for (const name of ["person-1", "person-3"]) {
      vi.stubEnv("VAULTCTL_PERSON_KEYS", path("bundles", name, "offline"));
      await vaultctl("feed sign --yes", root);
    }
    expect(await sign("person-1")).toMatchObject({ changes: [{ published: true }] });
    expect(
      await run(["feed", "verify", "--repo", path("feed"), "--trust", path("keys", "public")], START + hours * HOUR),
    ).toMatchObject({ ok: true });
  });

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

  it("a build that was halted before a ring had it is resumed where it was, and the command says so elsewhere", async () => {
    hours = 1;
    const { build } = await vaultctl("feed add-build", [...distOf("0.2.0"), "--to", "ring0"]);
    await vaultctl("feed halt 0.2.0 --everywhere");
    const resumed = await vaultctl("feed resume 0.2.0 --reason driver");
    expect(resumed.changes.map(({ summary }) => summary)).toEqual([`ring0 resumes ${build}`]);
    expect(await refusal("feed resume 0.2.0 --reason driver")).toMatchObject({
      code: "HALT_UNKNOWN",
      message: expect.stringContaining("ring1, ga never had it") as string,
    });
    expect((await refusal("feed resume 9.9.9 --reason x")).code).toBe("BUILD_UNKNOWN");
    expect((await refusal("feed resume --reason x")).code).toBe("USAGE");
  });
});
