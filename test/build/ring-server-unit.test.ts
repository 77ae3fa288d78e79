import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ringServerUnit } from "../../build/packaging/ring-server-deb.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

/** The exposure as systemd computes it, times ten: 1.5 of 10. A service without any hardening has 9.6. */
const HIGHEST_EXPOSURE = 15;

/** `systemd-analyze`, which needs no running systemd for this. */
function analyze(unit: string, ...args: string[]) {
  const file = join(temporaryFolder(), "usb-video-vault-ring-server.service");
  writeFileSync(file, unit);
  return spawnSync("systemd-analyze", [...args, file], { encoding: "utf8" });
}

const exposureOf = (unit: string) =>
  analyze(unit, "security", "--offline=true", `--threshold=${HIGHEST_EXPOSURE}`, "--no-pager");

describe("the ring server's systemd unit", () => {
  it("has no fault that systemd finds", () => {
    // The long tests check the installed unit, with its own program.
    const unit = ringServerUnit().replaceAll("/usr/bin/usb-video-vault-ring-server", "/bin/true");
    expect(analyze(unit, "verify", "--man=no")).toMatchObject({ status: 0, stderr: "" });
    expect(analyze(unit.replace("UMask=", "UMaks="), "verify", "--man=no").stderr).toContain("UMaks");
  });

  it("exposes the system to the server no more than it has to", () => {
    const found = exposureOf(ringServerUnit());
    expect(found.stdout).toContain("Overall exposure level");
    expect([found.status, found.stderr]).toEqual([0, ""]);
  });

  it.each(["NoNewPrivileges", "ProtectSystem", "CapabilityBoundingSet", "SystemCallFilter", "RestrictNamespaces"])(
    "would expose too much, or do nothing, without %s=",
    (setting) => {
      const unit = ringServerUnit();
      const lines = unit.split("\n");
      const without = lines.filter((line) => !line.startsWith(`${setting}=`));
      expect(without.length).toBeLessThan(lines.length);
      const level = (text: string) => Number(/level for \S+: (\d+\.\d)/.exec(exposureOf(text).stdout)?.[1]);
      expect(level(without.join("\n"))).toBeGreaterThan(level(unit));
    },
  );
});
