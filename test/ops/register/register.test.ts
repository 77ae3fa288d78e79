import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { thisHost, thisOwner } from "../../../src-ops/keys/lock-owner.ts";
import { type Answer, refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { openPublisherFixture, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let register: string;
let whole: string;
let acknowledged: string;
let count = 0;

beforeAll(async () => {
  fixture = await openPublisherFixture();
  register = join(fixture.keys, "register.jsonl");
  await succeed(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
  for (let i = 0; i < 3; i++) await succeed(issue());
  whole = readFileSync(register, "utf8");
  acknowledged = readFileSync(head(), "utf8");
});
beforeEach(() => {
  writeFileSync(register, whole);
  writeFileSync(head(), acknowledged);
});
afterAll(() => fixture.remove());

const head = () => join(fixture.keys, "register.head");

function issue(): string[] {
  const name = fixture.path(String(++count));
  return [
    "license",
    "issue",
    "--keys",
    fixture.keys,
    "--stick",
    fixture.stick,
    "--for",
    "C-1",
    "--days",
    "1",
    "--passphrase-file",
    `${name}.txt`,
    "--out",
    `${name}.uvvlic`,
  ];
}

type Line = { n: number; prev: string; entry: { seq: number; lid: string; sha256: string } };
const linesOf = (text: string) => text.trimEnd().split("\n");
const parsed = (text: string) => linesOf(text).map((line) => JSON.parse(line) as Line);
const digest = (content: string | Buffer) => createHash("sha256").update(content).digest("base64url");

it("numbers every license, and chains the entries", () => {
  expect(parsed(whole).map(({ n, entry }) => [n, entry.seq])).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  const lines = linesOf(whole);
  const previous = [Buffer.alloc(32).toString("base64url"), digest(lines[0]!), digest(lines[1]!)];
  expect(parsed(whole).map(({ prev }) => prev)).toEqual(previous);
});

it("has the hash of each issued file, and only its owner can read it", () => {
  const hashes = [1, 2, 3].map((name) => digest(readFileSync(fixture.path(`${name}.uvvlic`))));
  expect(parsed(whole).map(({ entry }) => entry.sha256)).toEqual(hashes);
  expect(statSync(register).mode & 0o777).toBe(0o600);
});

it.each<[string, (lines: string[]) => string]>([
  ["a changed line", (lines) => `${lines.with(1, lines[1]!.replace('"C-1"', '"C-2"')).join("\n")}\n`],
  [
    "a changed number of the last line",
    (lines) => `${lines.with(2, lines[2]!.replace('"n":2', '"n":3')).join("\n")}\n`,
  ],
  ["a changed last line", (lines) => `${lines.with(2, lines[2]!.replace('"C-1"', '"C-2"')).join("\n")}\n`],
  ["a line taken out", (lines) => `${lines.toSpliced(1, 1).join("\n")}\n`],
  ["the first line taken out", (lines) => `${lines.slice(1).join("\n")}\n`],
  ["two lines swapped", (lines) => `${[lines[0], lines[2], lines[1]].join("\n")}\n`],
  ["a line cut short", (lines) => lines.join("\n").slice(0, -10)],
  ["a last line without its end", (lines) => lines.join("\n")],
  ["a blank line", (lines) => `${lines.join("\n")}\n\n`],
  ["its last line taken out", (lines) => `${lines.slice(0, -1).join("\n")}\n`],
  ["no line at all", () => ""],
  ["a line that is not JSON", (lines) => `${lines.join("\n")}\nhello\n`],
])("issues nothing with %s", async (_what, damage) => {
  writeFileSync(register, damage(linesOf(whole)));
  const before = readFileSync(register, "utf8");
  const args = issue();
  expect(await refusal(args)).toBe("REGISTER_BROKEN");
  expect(readFileSync(register, "utf8")).toBe(before);
  expect(existsSync(args.at(-1)!)).toBe(false);
});

const audit = () => vaultctl(["license", "audit", "--keys", fixture.keys, "--json"]);
const faultsOf = (answer: Answer) => answer.json?.["faults"] as string[];

describe("a last line that was never finished", () => {
  const torn = '{"n":3,"prev":"';
  beforeEach(() => writeFileSync(register, `${whole}${torn}`));

  it("is reported by the audit, with the remedy", async () => {
    const answer = await audit();
    expect(answer.code).toBe(1);
    expect(faultsOf(answer)).toEqual([expect.stringMatching(/line 4 was never finished.+the next entry replaces it/)]);
  });

  it("is replaced by the next license, with a note", async () => {
    const answer = await vaultctl(issue());
    expect(answer.code).toBe(0);
    expect(answer.stderr).toContain("was unfinished");
    const entries = parsed(readFileSync(register, "utf8"));
    expect(entries.map(({ n, entry }) => [n, entry.seq])).toEqual([0, 1, 2, 3].map((n) => [n, n + 1]));
    expect((await audit()).code).toBe(0);
  });

  it("is replaced even if only its line end was missing", async () => {
    const args = issue();
    writeFileSync(register, whole);
    await succeed(args);
    const finished = readFileSync(register, "utf8");
    writeFileSync(register, finished.slice(0, -1));
    writeFileSync(head(), acknowledged);
    expect(await succeed(issue())).toMatchObject({ seq: 4 });
  });

  it("cannot be distinguished from a cut line without the head file, and is refused", async () => {
    rmSync(head());
    expect(await refusal(issue())).toBe("REGISTER_BROKEN");
    expect((await audit()).code).toBe(1);
  });
});

it("continues a register of the first version", async () => {
  const old = linesOf(whole).map((line) => JSON.parse(line) as { prev: string; entry: Record<string, unknown> });
  let prev = Buffer.alloc(32).toString("base64url");
  const lines = old.map(({ entry, ...line }) => {
    const { grace: _grace, entitlements: _entitlements, device: _device, ...first } = entry;
    const text = JSON.stringify({ ...line, prev, entry: first });
    prev = digest(text);
    return text;
  });
  writeFileSync(register, `${lines.join("\n")}\n`);
  rmSync(head());
  expect(await succeed(issue())).toMatchObject({ seq: 4 });
  expect((await audit()).json).toMatchObject({ ok: true, entries: 4, licenses: 4, faults: [] });
});

it("uses each number only once when licenses are issued at the same time", async () => {
  const outcomes = await Promise.allSettled([succeed(issue()), succeed(issue()), succeed(issue())]);
  const issued = outcomes.filter(({ status }) => status === "fulfilled").length;
  expect(issued).toBeGreaterThan(0);
  const numbers = parsed(readFileSync(register, "utf8")).map(({ entry }) => entry.seq);
  expect(numbers).toEqual(Array.from({ length: 3 + issued }, (_, index) => index + 1));
});

it("takes over the lock of a process that has ended", async () => {
  const dead = { ...(await thisOwner(await thisHost())), pid: 999_999_999 };
  writeFileSync(join(fixture.keys, "private", "locks", "register.lock"), JSON.stringify(dead));
  expect(await succeed(issue())).toMatchObject({ seq: 4 });
});

it("fails at once if another process holds the lock", async () => {
  const lock = join(fixture.keys, "private", "locks", "register.lock");
  const own = await thisOwner(await thisHost());
  writeFileSync(lock, JSON.stringify(own));
  expect(await refusal(issue())).toBe("BUSY");
  expect(existsSync(lock)).toBe(true);
  writeFileSync(lock, JSON.stringify({ ...own, pid: 999_999_999 }));
});
