import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createUpdateFunnel } from "../../../src-main/telemetry/index.ts";
import type { UpdateStep } from "../../../src-shared/telemetry/index.ts";
import type { BuildId } from "../../../src-shared/updates/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const SECOND = { build: "build-2" as BuildId, version: "2.0.0", seq: 7 };
const THIRD = { build: "build-3" as BuildId, version: "3.0.0", seq: 8 };

/** One run of the app in a version. */
function run(folder: string, version: string, hasConsent = true) {
  const reported: string[] = [];
  const report = ({ step, build, seq, code }: UpdateStep) => void reported.push([step, build, seq, code].join(" "));
  return { reported, ...createUpdateFunnel({ folder, version, hasConsent: () => hasConsent, report }) };
}

describe("the funnel of an update", () => {
  it("goes from the offer to the first healthy start of the version that it installed", async () => {
    const folder = temporaryFolder();
    const old = run(folder, "1.0.0");
    await old.healthy();
    for (const step of ["offered", "downloaded", "installed"] as const) await old.reach(step, SECOND);
    const fresh = run(folder, "2.0.0");
    await fresh.healthy();
    await fresh.healthy();
    expect([...old.reported, ...fresh.reported]).toEqual([
      "offered build-2 7 ",
      "downloaded build-2 7 ",
      "installed build-2 7 ",
      "healthy build-2 7 ",
    ]);
  });

  it("counts each step once, across restarts, and starts again with another build", async () => {
    const folder = temporaryFolder();
    for (let start = 0; start < 3; start++) {
      const { reach, reported } = run(folder, "1.0.0");
      await reach("offered", SECOND);
      await reach("failed", SECOND, "DISK_FULL");
      expect(reported).toEqual(start === 0 ? ["offered build-2 7 ", "failed build-2 7 DISK_FULL"] : []);
    }
    const { reach, reported } = run(folder, "1.0.0");
    await reach("offered", THIRD);
    expect(reported).toEqual(["offered build-3 8 "]);
  });

  it("does not report a version as healthy that was installed in another way", async () => {
    const folder = temporaryFolder();
    const old = run(folder, "1.0.0");
    await old.reach("offered", SECOND);
    await old.reach("downloaded", SECOND);
    const byHand = run(folder, "2.0.0");
    await byHand.healthy();
    expect(byHand.reported).toEqual([]);
  });

  it("writes nothing and reports nothing without consent", async () => {
    const folder = join(temporaryFolder(), "telemetry");
    const { reach, healthy, reported } = run(folder, "1.0.0", false);
    await reach("offered", SECOND);
    await healthy();
    expect(reported).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});
