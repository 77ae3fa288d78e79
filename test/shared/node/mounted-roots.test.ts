import { expect, it } from "vitest";
import { removableMounts } from "../../../src-shared/node/mounted-roots.ts";

// Lines as proc(5) describes them, from a Debian desktop with a stick, a second stick whose label has spaces, and a disk.
const MOUNTINFO = `22 28 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
28 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw,errors=remount-ro
411 28 8:17 / /media/anna/FILMS rw,nosuid,nodev,relatime shared:220 - vfat /dev/sdb1 rw,uid=1000
420 28 8:33 / /run/media/anna/LE\\040PORT rw,nosuid,nodev,relatime shared:231 - exfat /dev/sdc1 rw
430 28 8:49 / /mnt/stick rw,relatime - fuse fusefat rw
440 28 8:50 / /mediatheque rw,relatime - ext4 /dev/sdd1 rw
450 28 8:51 / /home rw,relatime - ext4 /dev/sde1 rw
`;

it("returns the mounts below /media, /run/media and /mnt, including those with spaces", () => {
  expect(removableMounts(MOUNTINFO)).toEqual(["/media/anna/FILMS", "/run/media/anna/LE PORT", "/mnt/stick"]);
});

it("returns none for an empty table", () => {
  expect(removableMounts("")).toEqual([]);
});
