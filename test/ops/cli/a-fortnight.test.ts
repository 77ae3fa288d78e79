import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { recallFolders } from "../../../src-ops/cli/remembered-folders.ts";
import { RING_DATA } from "../../../src-ops/server/index.ts";
import { HOUR } from "../../../src-shared/units.ts";
import { promotionEvidenceFiles } from "../../fakes/promotion-evidence-files.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { addPilots, GA, makeDist, RING1, TO_EVERYBODY, writeEvidence } from "../feed/support/releases.ts";
import { ALERTS } from "../server/alerting.ts";
import { openUsedRings, START, type UsedRings } from "../server/used-rings.ts";
import { newDevice } from "../support/device.ts";
import { filesUnder, TIDES } from "../support/publisher-fixture.ts";
import { type Answer, type Packed, vaultctl } from "../support/vaultctl.ts";

// A release manager's fortnight with the commands of docs/rings/a-fortnight.md, in their order. The home is a temporary
// folder, the clock is turned by hand, and the computers' events are written directly to the ring server's database.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const workingFolder = process.cwd();
let home: string;
let hours = 0;
let used: UsedRings;
let build: string;
let typed = 0;
const path = (...names: string[]) => join(home, ...names);
const feed = () => path("usb-video-vault-feed");

/** Types one command, and the answers to its questions. It has to succeed. */
async function type(line: string, input = "", more: readonly string[] = []): Promise<Answer> {
  typed++;
  recallFolders(process.env);
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  const args = words.slice(1).flatMap((word) => (word === "dist/*" ? makeDist(path("dist"), "0.2.0") : word));
  const answer = await vaultctl([...args, ...more], START + hours * HOUR, { input });
  if (answer.code !== 0) throw new Error(`${line}: ${answer.stderr}`);
  return answer;
}

/** A person signs everything that the own bundle can sign, after the question about each change. */
async function sign(name: string, ...more: string[]): Promise<Answer> {
  vi.stubEnv("VAULTCTL_PERSON_KEYS", path("bundles", name));
  return type("vaultctl feed sign", "y\ny\ny\n", more);
}

const ringsNow = async () => {
  const status = await vaultctl(["feed", "status", "--json"], START + hours * HOUR);
  const { rings } = status.json as {
    rings: Record<string, { release?: { build: string; kind: string; basisPoints: number } }>;
  };
  return Object.values(rings).map(({ release }) =>
    release ? `${release.build.split("-")[0]} ${release.kind} ${release.basisPoints / 100}` : "nothing",
  );
};

beforeAll(async () => {
  home = temporaryFolder(afterAll);
  process.chdir(home);
  for (const [name, value] of Object.entries({
    HOME: home,
    XDG_CONFIG_HOME: path(".config"),
    VAULTCTL_KEYS: "",
    VAULTCTL_FEED: "",
    VAULTCTL_PERSON_KEYS: "",
  }))
    vi.stubEnv(name, value);
  await type("vaultctl init --dev");
  mkdirSync("stick");
  await type(`vaultctl pack ${TIDES} --stick stick --no-trial`);
  writeFileSync("a.json", JSON.stringify(ALERTS));
});
afterAll(() => {
  process.chdir(workingFolder);
  vi.unstubAllEnvs();
});

it("makes the keys of three people, one bundle for each", async () => {
  const { stdout } = await type("vaultctl feed init --people person-1,person-2,person-3 --out bundles/");
  expect(stdout).toContain("person-1 gets bundles/person-1 for the own computer: it signs ga, ring1.");
  expect(stdout).toContain("person-3 gets bundles/person-3/offline for a safe");
  addPilots(feed());
  await giveToEverybody("0.1.0");
});

/** The version that every ring has before the fortnight begins. */
async function giveToEverybody(version: string): Promise<void> {
  recallFolders(process.env);
  const added = await vaultctl(
    ["feed", "add-build", ...makeDist(path("dist-before"), version), "--to", "ring0", "--json"],
    START,
  );
  const before = (added.json as { build: string }).build;
  const keys = ["person-1", "person-2"].flatMap((name) => ["--person-keys", path("bundles", name)]);
  for (const [ring, gate] of TO_EVERYBODY) {
    const evidence = promotionEvidenceFiles(home, ring, gate, before, START);
    const order = ["--ring", ring, "--build", before, ...evidence, ...keys, "--json"];
    const promoted = await vaultctl(["feed", "promote", ...order], START);
    expect(promoted.json).toMatchObject({ published: true });
  }
  expect(await ringsNow()).toEqual(["0.1.0 forward 100", "0.1.0 forward 100", "0.1.0 forward 100"]);
}

it("sets up the ring server: configuration, tokens and accounts", async () => {
  const { stdout } = await type("vaultctl ring setup --alerts a.json --users person-1:manager,person-3:on-call");
  expect(stdout).toMatch(/^Configuration: .*ring-server\.json\. Start the server with/m);
  expect(stdout.match(/^Password of person-[13] \(manager\): \S+/gm)).toHaveLength(2);
  expect(statSync(path(RING_DATA, "ring-server.json")).mode & 0o777).toBe(0o600);
});

it("enrols the computers of a table", async () => {
  const stick = (await vaultctl(["ls", "stick", "--json"])).json as unknown as Packed;
  const machines = [...names("lab", 10, "ring0"), ...names("pilot", 4, "ring1")];
  for (const { name } of machines) writeFileSync(`${name}.uvvreq`, (await newDevice()).request(stick));
  const rows = machines.map(({ name, ring }) => `${name};1y;S1;${ring};${name}.uvvreq`);
  writeFileSync("machines.csv", `customer;days;stick;ring;request\n${rows.join("\n")}\n`);
  const { stdout } = await type("vaultctl ring enrol machines.csv");
  expect(stdout).toContain("14 enrolled, 0 skipped.");
  const enrolled = [...stdout.matchAll(/is enrolled in (ring[01]) as (\w{26})/g)];
  const of = (ring: string) => enrolled.flatMap(([, one, pid = ""]) => (one === ring ? pid : []));
  const publisher = { repo: feed(), keys: path("usb-video-vault-keys") };
  used = await openUsedRings(publisher, path(RING_DATA), { ring0: of("ring0"), ring1: of("ring1") }, afterAll);
});

const names = (name: string, count: number, ring: string) =>
  Array.from({ length: count }, (_, index) => ({ name: `${name}-${index + 1}`, ring }));

it("gives staff the packages of a build, whatever else is in dist", async () => {
  hours = 1;
  typed = 0;
  const { stdout } = await type("vaultctl feed add-build dist/* --to ring0");
  build = /0\.2\.0-[0-9a-f]{12}/.exec(stdout)?.[0] ?? "";
  expect(stdout).toContain("Published");
  expect(await ringsNow()).toEqual(["0.2.0 forward 100", "0.1.0 forward 100", "0.1.0 forward 100"]);
});

it("promotes to pilots after two good days, and says what is missing before", async () => {
  await used.use("ring0", "0.2.0", 1, 49);
  hours = 49;
  await expect(type("vaultctl feed promote ring1")).rejects.toThrow("CHECKLIST_INCOMPLETE");
  writeEvidence(feed(), "ring1", build, RING1);
  const { stdout } = await type("vaultctl feed promote ring1");
  expect(stdout).toContain("Not published yet: ring1 runs 0.2.0");
  expect(stdout).toContain("ring1 needs 1 more signature, from person-1 or person-2.");
});

it("is published when a person has seen what changes, and signed", async () => {
  const { stdout, stderr } = await sign("person-1");
  expect(`${stdout}${stderr}`).toContain("ring1");
  expect(stderr).toContain("[y/N]");
  expect(await ringsNow()).toEqual(["0.2.0 forward 100", "0.2.0 forward 100", "0.1.0 forward 100"]);
});

it("promotes to the first tenth of everybody after a good week, with two of three people", async () => {
  await used.use("ring1", "0.2.0", 49, 217);
  hours = 217;
  writeEvidence(feed(), "ga", build, GA);
  const { stdout } = await type("vaultctl feed promote ga");
  expect(stdout).toContain("ga needs 2 more signatures");
  await sign("person-1");
  expect((await ringsNow())[2]).toBe("0.1.0 forward 100");
  await sign("person-2");
  expect((await ringsNow())[2]).toBe("0.2.0 forward 10");
  // From dist to the first tenth of everybody: 3 commands of the release manager (one was refused first), 3 signatures.
  expect(typed).toBe(7);
});

it("halts a version everywhere at once, with the server's key alone", async () => {
  const { stdout } = await type("vaultctl feed halt 0.2.0 --everywhere");
  expect(stdout).toContain("Published");
  const status = await type("vaultctl feed status");
  expect(status.stdout.match(/HALTED/g)).toHaveLength(3);
});

it("takes two rings back to the version before", async () => {
  const { stdout } = await type("vaultctl feed rollback ga ring1");
  expect(stdout).toContain("rollback of ga to 0.1.0-");
  expect(stdout).toContain("rollback of ring1 to 0.1.0-");
  await sign("person-2");
  await sign("person-3");
  expect((await ringsNow()).slice(1)).toEqual(["0.1.0 rollback 100", "0.1.0 rollback 100"]);
});

it("resumes it when it was a false alarm, in every ring that had it", async () => {
  const { stdout } = await type('vaultctl feed resume 0.2.0 --reason "It was a display driver"');
  expect(stdout).toContain("Published");
  await sign("person-1");
  await sign("person-3");
  expect(await ringsNow()).toEqual(["0.2.0 resume 100", "0.2.0 resume 100", "0.2.0 resume 10"]);
});

it("gives a person new keys, which the others sign with their keys from the safe", async () => {
  const { stdout } = await type("vaultctl feed person replace person-2");
  expect(stdout).toContain("Not published yet");
  await sign(join("person-1", "offline"), "--role", "root", "--role", "targets");
  await sign(join("person-3", "offline"), "--role", "root", "--role", "targets");
  await sign("person-1");
  const verified = await vaultctl(
    ["feed", "verify", "--trust", path("usb-video-vault-keys", "public")],
    START + hours * HOUR,
  );
  expect(verified.code).toBe(0);
  expect((await vaultctl(["feed", "pending", "--json"], START + hours * HOUR)).json).toMatchObject({ pending: [] });
});

it("backs up the rings, and proves it", async () => {
  const { stdout } = await type("vaultctl ring backup --all --prove");
  expect(stdout).toContain("Proved: restored and used in a temporary folder;");
  expect(stdout).toContain("The private keys are not in it: back up ");
  const copied = filesUnder(path(RING_DATA, "backups"));
  expect(copied.some((name) => name.endsWith("ring.sqlite"))).toBe(true);
  expect(copied.filter((name) => name.includes("private"))).toEqual([]);
  expect((await type("vaultctl ring log")).stdout).toMatch(/0\.2\.0/);
});
