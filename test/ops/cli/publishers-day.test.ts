import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { recallFolders } from "../../../src-ops/cli/remembered-folders.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { newDevice } from "../support/device.ts";
import { filesUnder, HARBOUR, LIGHTHOUSE, TIDES } from "../support/publisher-fixture.ts";
import { type Answer, vaultctl } from "../support/vaultctl.ts";

// A training company's day with the commands of docs/publisher/a-day.md, in their order. The home is a temporary folder; a
// stick is a folder in it. What commands find without being told, they remember from the commands before.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const CUSTOMERS = 25;
const STICKS = ["S1", "S2", "S3", "S4", "S5"];
const workingFolder = process.cwd();
let home: string;
const path = (...names: string[]) => join(home, ...names);

/** Types one command in the home folder, and the answers to its questions. It has to succeed. */
async function type(line: string, input = ""): Promise<Answer> {
  recallFolders(process.env);
  const words = line.split(" ").map((word) => word.replace(/^~/, home));
  const sticks = [...STICKS, "NEW"].map((name) => path(name));
  const answer = await vaultctl(words.slice(1), undefined, { input, mounted: async () => sticks });
  if (answer.code !== 0) throw new Error(`${line}: ${answer.stderr}`);
  return answer;
}

/** A line for each customer; the last stick has one customer more than the others, whose computer is known. */
function customerTable(): string {
  const rows = Array.from({ length: CUSTOMERS }, (_, index) => {
    const number = `C-${String(index + 1).padStart(4, "0")}`;
    return [number, `Société n° ${index + 1}`, `c${index + 1}@example.org`, STICKS[index % 5], "1y", "fr"].join(";");
  });
  return `\uFEFFN° client;Société;Courriel;Clé USB;Jours;Langue\r\n${rows.join("\r\n")}\r\n\r\n`.replace(
    "Durée",
    "Jours",
  );
}

beforeAll(() => {
  home = temporaryFolder(afterAll);
  process.chdir(home);
  for (const [name, value] of Object.entries({
    HOME: home,
    XDG_CONFIG_HOME: path(".config"),
    VAULTCTL_PASSWORD_FILE: path("password"),
    VAULTCTL_KEYS: "",
    VAULTCTL_MASTER: "",
    VAULTCTL_FEED: "",
  }))
    vi.stubEnv(name, value);
  writeFileSync(path("password"), "four random words here\n", { mode: 0o600 });
  for (const name of [...STICKS, "NEW", "A", "B", "DISK", "lessons"]) mkdirSync(path(name));
  for (const film of [HARBOUR, LIGHTHOUSE]) cpSync(film, path("lessons", basename(film)));
  cpSync(TIDES, path("X.webm"));
  writeFileSync(path("clients.csv"), customerTable());
});
afterAll(() => {
  process.chdir(workingFolder);
  vi.unstubAllEnvs();
});

const listed = async () => (await vaultctl(["license", "list", "--json"])).json as { licenses: Listed[] };
type Listed = {
  lid: string;
  sub: string;
  seq: number;
  exp: number;
  state: string;
  stickId: string;
  device: string | null;
};
const licenseOf = async (customer: string) => {
  const { licenses } = await listed();
  return licenses.find(({ sub, state }) => sub === customer && state === "active") as Listed;
};

it("makes keys under a password, with the parent key on two other disks", async () => {
  const { stdout } = await type("vaultctl init ~/vault --password --parent-to A --parent-to B");
  expect(stdout).toContain(`From now on --keys means ${path("vault")}.`);
  for (const disk of ["A", "B"]) expect(filesUnder(path(disk))).toContain("key-manifest.jwk.json");
  const secrets = readdirSync(path("vault", "private")).filter((name) => name.endsWith(".jwk.json"));
  expect(secrets.length).toBeGreaterThan(3);
  for (const name of secrets) expect(readFileSync(path("vault", "private", name), "utf8")).not.toMatch(/"d"/);
});

it("packs the lessons into a master, which takes no stick's name", async () => {
  const { stdout } = await type("vaultctl pack lessons/ --master m");
  expect(stdout).toContain("2 videos");
  expect(stdout).toContain("It is master M1 in your records.");
});

it("knows the customers from a spreadsheet's file", async () => {
  const { stdout } = await type("vaultctl customer import clients.csv");
  expect(stdout).toContain("25 customers: 25 new");
});

it("makes five sticks, each with its own name", async () => {
  const { stdout } = await type(`vaultctl stick produce --master m ${STICKS.join(" ")}`);
  expect(stdout.match(/^S\d +made/gm)).toHaveLength(5);
  const list = await type("vaultctl stick list");
  expect(list.stdout.match(/^\w+/gm)).toEqual(["M1", ...STICKS]);
  // The same command again makes nothing.
  expect((await type(`vaultctl stick produce --master m ${STICKS.join(" ")}`)).stdout.match(/ known /g)).toHaveLength(
    5,
  );
});

it("issues a license and writes two mails for each customer, and does it once", async () => {
  // Customer 21 has a license for one computer already.
  const computer = await newDevice();
  const { vaultId } = JSON.parse((await vaultctl(["ls", "S1", "--json"])).stdout) as { vaultId: string };
  const { stickId } = JSON.parse((await vaultctl(["ls", "S1", "--json"])).stdout) as { stickId: string };
  writeFileSync("old.uvvreq", computer.request({ vaultId, stickId }));
  writeFileSync("new.uvvreq", (await newDevice()).request({ vaultId, stickId }));
  await type("vaultctl license issue --for C-0021 --stick S1 --request old.uvvreq --days 1y --out C-0021.uvvlic");
  const { stdout } = await type("vaultctl license batch --mail outbox/");
  expect(stdout).toContain("24 issued, 1 skipped.");
  expect(stdout).toContain("48 mails written to outbox/.");
  expect(readdirSync("outbox").filter((name) => name.endsWith(".eml"))).toHaveLength(48);
  const again = await type("vaultctl license batch --mail outbox/");
  expect(again.stdout).toContain("0 issued, 25 skipped.");
});

it("renews three licenses for a year from their present end", async () => {
  const before = await licenseOf("C-0001");
  const { stdout } = await type("vaultctl license renew C-0001 C-0002 C-0003 --extend 1y");
  expect(stdout.match(/^Before, it ended at/gm)).toHaveLength(3);
  expect(stdout.match(/^Passphrase: C-000[123]-/gm)).toHaveLength(3);
  const after = await licenseOf("C-0001");
  expect(after.lid).toBe(before.lid);
  expect(after.exp - before.exp).toBeGreaterThanOrEqual(365 * 86_400);
});

it("moves a license to another computer, after a question because the old one has not returned it", async () => {
  const line = "vaultctl license transfer C-0021 --request new.uvvreq";
  const before = await licenseOf("C-0021");
  await expect(type(line)).rejects.toThrow("RETURN_MISSING");
  const { stdout, stderr } = await type(line, "y\n");
  expect(stderr).toContain("Transfer it? [y/N]");
  expect(stdout).toContain("it may still play");
  const after = await licenseOf("C-0021");
  expect([after.lid, after.exp]).toEqual([before.lid, before.exp]);
  expect(after.device).not.toBe(before.device);
});

it("revokes a customer's license by the customer's number", async () => {
  const { stdout } = await type("vaultctl license revoke C-0005");
  expect(stdout).toContain("Revocation list 1: licenses 1, keys 0; new 1.");
});

it("shows who a customer is, with stick, titles, end and history", async () => {
  const { stdout } = await type("vaultctl show 17");
  expect(stdout).toMatch(/^Customer C-0017, Société n° 17, <c17@example.org>, stick S2, licenses of 1y$/m);
  expect(stdout).toMatch(/^License \d+ \(\w+\) for C-0017: active, until .*, stick S2, any computer/m);
  expect(stdout).toMatch(/^Stick S2: /m);
  expect(stdout).toMatch(/ issued: /);
});

it("replaces a lost stick: same customers, same ends, and the old licenses are revoked", async () => {
  const before = await licenseOf("C-0007");
  await expect(type("vaultctl stick replace S2 --onto NEW")).rejects.toThrow("LICENSES_WOULD_END");
  const { stdout, stderr } = await type("vaultctl stick replace S2 --onto NEW", "y\n");
  expect(stderr).toContain("5 licenses of stick S2 will be issued again");
  expect(stdout).toContain("5 licenses for S6; those for S2 are revoked by list 2, which is on S6.");
  const after = await licenseOf("C-0007");
  expect(after.exp).toBe(before.exp);
  expect(after.stickId).not.toBe(before.stickId);
  expect((await type("vaultctl show 7")).stdout).toMatch(/^Customer C-0007, .*, stick S6,/m);
});

it("brings one lesson more and one less onto every stick that is plugged in", async () => {
  const titles = (await type("vaultctl ls m --keys vault")).stdout;
  const id = /^(\w{26}) .*lighthouse/im.exec(titles)?.[1] ?? "";
  const { stdout } = await type(`vaultctl stick sync --master m --add X.webm --retire ${id}`);
  for (const name of ["S1", "S3", "S4", "S5", "S6"])
    expect(stdout).toMatch(new RegExp(`^${name} +updated .*\\+ .*, - `, "m"));
  expect(stdout).toContain("2 videos on the master. Licenses stay valid.");
  expect((await type("vaultctl stick list")).stdout.match(/^\w+/gm)).toEqual(["M1", ...STICKS, "S6"]);
});

it("backs everything up, and proves it on a restored copy", async () => {
  const { stdout } = await type("vaultctl backup --to DISK --prove");
  expect(stdout).toMatch(/^Backup 1: \d+ files in DISK/m);
  expect(stdout).toMatch(/the register's \d+ entries with 30 licenses have no faults; 7 sticks/);
});

it("has written names and addresses into no license, no stick and no register", async () => {
  const places = [...STICKS, "NEW", "m"].flatMap((name) => filesUnder(path(name)).map((file) => path(name, file)));
  const licenses = filesUnder(home)
    .filter((name) => name.endsWith(".uvvlic"))
    .map((name) => path(name));
  const register = [path("vault", "register.jsonl"), path("vault", "revocations.uvvrev")];
  for (const file of [...places, ...licenses, ...register]) {
    const text = readFileSync(file, "latin1");
    expect([file, text.includes("example.org"), text.includes("Soci")]).toEqual([file, false, false]);
  }
  for (const name of readdirSync("outbox").filter((one) => !one.endsWith(".uvvlic")))
    expect(statSync(path("outbox", name)).mode & 0o077).toBe(0);
});
