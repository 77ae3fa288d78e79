import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { capCrashDumps, countCrashDumps } from "../../../src-main/telemetry/index.ts";
import { NOW } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

describe("minidumps", () => {
  it("are kept, newest first, up to a number and a size", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "completed"));
    const dump = (name: string, bytes: number, age: number) => {
      writeFileSync(join(folder, "completed", name), Buffer.alloc(bytes));
      utimesSync(join(folder, "completed", name), NOW - age, NOW - age);
    };
    expect(await capCrashDumps(join(folder, "absent"))).toBe(0);
    for (let i = 0; i < 6; i++) dump(`${i}.dmp`, 100, i);
    writeFileSync(join(folder, "settings.dat"), "x");
    expect(await capCrashDumps(folder, 4, 1_000)).toBe(4);
    expect(readdirSync(join(folder, "completed"))).toEqual(["0.dmp", "1.dmp", "2.dmp", "3.dmp"]);
    expect(await capCrashDumps(folder, 4, 250)).toBe(2);
    expect(readdirSync(join(folder, "completed"))).toEqual(["0.dmp", "1.dmp"]);
    expect(readdirSync(folder)).toContain("settings.dat");
  });

  it("are counted by the time they were written, however many existed before", async () => {
    const folder = temporaryFolder();
    expect(await countCrashDumps(join(folder, "absent"), 0)).toBe(0);
    for (let i = 0; i < 5; i++) {
      writeFileSync(join(folder, `${i}.dmp`), "x");
      utimesSync(join(folder, `${i}.dmp`), NOW + i, NOW + i);
    }
    expect(await countCrashDumps(folder, (NOW + 2) * 1_000)).toBe(2);
    expect(await countCrashDumps(folder, (NOW + 9) * 1_000)).toBe(0);
  });

  it("are counted and removed at the same time without either failing", async () => {
    const folder = temporaryFolder();
    for (let i = 0; i < 200; i++) writeFileSync(join(folder, `${i}.dmp`), "x");
    const counting = Array.from({ length: 5 }, () => countCrashDumps(folder, 0));
    await Promise.all([capCrashDumps(folder, 10), ...counting]);
    expect(await countCrashDumps(folder, 0)).toBe(10);
  });
});
