import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { withLockFile } from "../../../src-ops/keys/index.ts";
import { type Host, type LockOwner, stateOf, thisHost, thisOwner } from "../../../src-ops/keys/lock-owner.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const HOST: Host = { name: "ring-a", machine: "m-1", boot: "b-1", namespace: "pid:[4026531836]" };
const DEAD = 4_194_303;
const done = async () => ({ ok: true, value: undefined }) as const;

/** The code with which a process on `here` is refused; the lock has the given content before. */
async function codeAfter(content: string, here: Host): Promise<string> {
  const path = join(temporaryFolder(), "feed.lock");
  writeFileSync(path, content);
  const result = await withLockFile(path, done, here);
  return result.ok ? "taken" : result.error.code;
}
const owner = (members: Partial<LockOwner> = {}, host: Partial<Host> = {}): LockOwner => ({
  host: { ...HOST, ...host },
  pid: DEAD,
  started: "1",
  nonce: "0".repeat(16),
  ...members,
});

// The process number is free on this computer in each case: judged by that alone, the lock would be taken.
const ELSEWHERE: readonly (readonly [string, string, Partial<Host>])[] = [
  ["another host", JSON.stringify(owner({}, { name: "ring-b", machine: "m-2", boot: "b-2" })), {}],
  [
    "another host with the same process number",
    JSON.stringify(owner({ pid: process.pid }, { name: "ring-b", machine: "m-2", boot: "b-2" })),
    {},
  ],
  ["a clone of this system", JSON.stringify(owner({}, { name: "ring-b", boot: "b-2" })), {}],
  ["another host with the same name", JSON.stringify(owner({}, { machine: "m-2", boot: "b-2" })), {}],
  ["another container on this system", JSON.stringify(owner({}, { namespace: "pid:[4026532001]" })), {}],
  [
    "another container with the same name, on another system",
    JSON.stringify(owner({}, { boot: "b-2", namespace: "pid:[4026532001]" })),
    { namespace: "pid:[4026532001]" },
  ],
  ["a container without a machine id", JSON.stringify(owner({}, { machine: null, boot: "b-2" })), { machine: null }],
  ["a process that names no host, as older versions did", String(DEAD), {}],
  ["a process that has not written its name yet", "", {}],
  ["half a name", JSON.stringify(owner()).slice(0, 40), {}],
  ["a hostile name", JSON.stringify(owner({ pid: -1 })), {}],
  ["a nonce that is a path", JSON.stringify(owner({ nonce: "/../../../../x" })), {}],
];

describe("the lock of a process that cannot be seen from here", () => {
  it.each(ELSEWHERE)("is not taken over: %s", async (_name, content, here) => {
    expect(await codeAfter(content, { ...HOST, ...here })).toBe("LOCKED_ELSEWHERE");
  });

  it(`is not taken over in ${ELSEWHERE.length} of ${ELSEWHERE.length} cases`, () => {
    process.stdout.write(`${ELSEWHERE.length} locks of living processes elsewhere\n`);
  });

  it("is named in the message, with its file", async () => {
    const path = join(temporaryFolder(), "feed.lock");
    writeFileSync(path, JSON.stringify(owner({ pid: 77 }, { name: "ring-b\u001b[31m", machine: "m-2", boot: "b-2" })));
    const result = await withLockFile(path, done, HOST);
    expect(result).toMatchObject({ ok: false, error: { message: expect.stringContaining("process 77 on") } });
    expect(!result.ok && result.error.message.includes(path) && !result.error.message.includes("\u001b")).toBe(true);
    expect(readFileSync(path, "utf8")).toContain("ring-b");
  });

  it("blocks a process in another PID namespace of this system", async ({ skip }) => {
    const folder = temporaryFolder();
    const path = join(folder, "feed.lock");
    const script = join(folder, "hold.ts");
    const lock = join(import.meta.dirname, "../../../src-ops/keys/lock.ts");
    writeFileSync(
      script,
      `import { withLockFile } from ${JSON.stringify(lock)};
      await withLockFile(${JSON.stringify(path)}, async () => {
        console.log("held");
        await new Promise((resolve) => process.stdin.once("data", resolve));
        return { ok: true, value: undefined };
      });
      process.exit();`,
    );
    const inNamespace = ["--pid", "--fork", "--mount-proc"];
    if (spawnSync("unshare", [...inNamespace, "true"]).status !== 0) skip("namespaces are not allowed here");
    const holder = spawn("unshare", [...inNamespace, process.execPath, script], { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void holder.kill("SIGKILL"));
    for await (const line of createInterface(holder.stdout)) if (line === "held") break;
    const result = await withLockFile(path, done);
    expect(result).toMatchObject({ ok: false, error: { code: "LOCKED_ELSEWHERE" } });
    const ended = new Promise((resolve) => holder.once("exit", resolve));
    holder.stdin.write("\n");
    await ended;
    expect(await withLockFile(path, done)).toEqual({ ok: true, value: undefined });
    expect(readdirSync(folder)).toEqual(["hold.ts"]);
  });
});

describe("the lock of a process on this computer", () => {
  it("is kept while the process runs", async () => {
    const here = await thisHost();
    expect(await codeAfter(JSON.stringify(await thisOwner(here)), here)).toBe("BUSY");
  });

  it.each<[string, (own: LockOwner) => LockOwner]>([
    ["it has ended", (own) => ({ ...own, pid: DEAD })],
    ["its number belongs to another process now", (own) => ({ ...own, started: "1" })],
  ])("is taken over after %s", async (_name, change) => {
    const here = await thisHost();
    if (here.boot === null) return;
    expect(await codeAfter(JSON.stringify(change(await thisOwner(here))), here)).toBe("taken");
  });

  it("is taken over after this system has started again, outside of a container only", async () => {
    const before = owner({ pid: process.pid }, { boot: "b-0" });
    expect(await stateOf(before, HOST)).toBe("dead");
    expect(await stateOf({ ...before, host: { ...before.host, machine: null } }, { ...HOST, machine: null })).toBe(
      "elsewhere",
    );
  });

  it("goes to one process only, if many find it dead at once, and leaves no file behind", async () => {
    const folder = join(temporaryFolder(), "locks");
    mkdirSync(folder);
    const path = join(folder, "feed.lock");
    const here = await thisHost();
    let [inside, most, worked] = [0, 0, 0];
    for (let round = 0; round < 20; round++) {
      writeFileSync(path, JSON.stringify({ ...(await thisOwner(here)), pid: DEAD }));
      const work = async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 2));
        inside--;
        worked++;
        return { ok: true, value: undefined } as const;
      };
      const results = await Promise.all(Array.from({ length: 8 }, () => withLockFile(path, work, here)));
      for (const result of results) if (!result.ok) expect(result.error.code).toBe("BUSY");
    }
    expect(most).toBe(1);
    expect(worked).toBeGreaterThanOrEqual(20);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("can be taken over again if the process that did so was killed", async () => {
    const here = await thisHost();
    const path = join(temporaryFolder(), "feed.lock");
    const dead = { ...(await thisOwner(here)), pid: DEAD };
    writeFileSync(path, JSON.stringify(dead));
    writeFileSync(`${path}.${dead.nonce}`, JSON.stringify({ ...dead, nonce: "1".repeat(16) }));
    expect(await withLockFile(path, done, here)).toEqual({ ok: true, value: undefined });
  });
});
