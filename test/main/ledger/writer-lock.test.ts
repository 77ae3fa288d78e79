import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { withWriterLock } from "../../../src-main/ledger/writer-lock.ts";
import { err, ok } from "../../../src-shared/result.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const MODULE = pathToFileURL(join(import.meta.dirname, "../../../src-main/ledger/writer-lock.ts")).href;

/** Another process that holds the lock until it is ended. */
async function holder(path: string): Promise<ChildProcess> {
  const program = `
    const { withWriterLock } = await import(${JSON.stringify(MODULE)});
    await withWriterLock(${JSON.stringify(path)}, async () => {
      process.stdout.write("held");
      await new Promise((resolve) => process.stdin.once("data", resolve));
    });
    process.exit(0);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

it("lets no other process work while one holds it", async () => {
  const path = join(temporaryFolder(), "lock");
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise(setImmediate);
    order.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all(["a", "b", "c"].map((name) => withWriterLock(path, work(name))))).toEqual(
    ["a", "b", "c"].map(ok),
  );
  for (let i = 0; i < order.length; i += 2) expect(order[i + 1]).toBe(order[i]?.replace("begins", "ends"));
});

it("waits for another process, and goes on when that one is done", async () => {
  const path = join(temporaryFolder(), "lock");
  const child = await holder(path);
  let isHeld = true;
  const mine = withWriterLock(path, async () => isHeld);
  await new Promise(setImmediate);
  isHeld = false;
  child.stdin?.write("go on");
  expect(await mine).toEqual(ok(false));
});

it("is free at once after the process that held it was killed", async () => {
  const path = join(temporaryFolder(), "lock");
  const child = await holder(path);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await withWriterLock(path, async () => "mine")).toEqual(ok("mine"));
  expect([readdirSync(join(path, "..")), statSync(path).size]).toEqual([["lock"], 0]);
});

it("is NOT_LOCKED if another process never releases it", { timeout: 20_000 }, async () => {
  const path = join(temporaryFolder(), "lock");
  await holder(path);
  expect(await withWriterLock(path, async () => "mine")).toEqual(err("NOT_LOCKED"));
});

it("is NOT_LOCKED if there is no folder for it", async () => {
  const path = join(temporaryFolder(), "nowhere", "lock");
  expect(await withWriterLock(path, async () => "mine")).toEqual(err("NOT_LOCKED"));
});

it("is released if the work throws", async () => {
  const path = join(temporaryFolder(), "lock");
  await expect(withWriterLock(path, () => Promise.reject(new Error("a bug")))).rejects.toThrow("a bug");
  expect(await withWriterLock(path, async () => 1)).toEqual(ok(1));
});
