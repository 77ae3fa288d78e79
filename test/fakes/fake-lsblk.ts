import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deviceNumber } from "../../src-shared/hardware/index.ts";

/** A program `lsblk` in its own folder, to be put first in the PATH. It prints the drive that the test has set. */
export function writeFakeLsblk(folder: string) {
  mkdirSync(folder, { recursive: true });
  const listing = join(folder, "listing.json");
  const program = join(folder, "lsblk");
  writeFileSync(program, `#!/bin/sh\nexec cat '${listing}'\n`, { mode: 0o755 });
  return {
    program,
    path: `${folder}:${process.env["PATH"] ?? ""}`,
    /** Makes the file system at `root` that of a USB stick with this serial number. */
    setStick(root: string, serial: string | null, uuid = "1234-ABCD"): void {
      const number = deviceNumber(statSync(root, { bigint: true }).dev);
      const partition = {
        name: "sdx1",
        "maj:min": number,
        tran: null,
        rm: true,
        serial: null,
        uuid,
        partuuid: "1a2b3c4d-01",
      };
      const disk = { name: "sdx", "maj:min": "259:9999", tran: "usb", rm: true, serial, uuid: null, partuuid: null };
      writeFileSync(listing, JSON.stringify({ blockdevices: [{ ...disk, children: [partition] }] }));
    },
    setOutput: (text: string) => writeFileSync(listing, text),
  };
}
