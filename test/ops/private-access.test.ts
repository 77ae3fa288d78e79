import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { failureOf } from "../../src-ops/failure.ts";
import { type AccessSystem, makePrivateFolder, mayOthersRead, restrictFile } from "../../src-ops/private-access.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const USER = "S-1-5-21-1004336348-1177238915-682003330-1001";
const INHERITED = `D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;0x1200a9;;;BU)(A;OICIID;FA;;;${USER})`;

/** Windows, as far as access lists go: what icacls does to the list of one file, and the calls. */
function fakeWindows({ before = INHERITED, user = USER, works = true } = {}) {
  const calls: string[][] = [];
  let list = before;
  const system: AccessSystem = {
    platform: "win32",
    run: async (program, args) => {
      calls.push([program, ...args]);
      if (program.endsWith("whoami.exe")) return `"ordi\\\uFFFDlodie","${user}"\r\n`;
      const [path = "", what, ...rest] = args;
      if (what === "/save") {
        writeFileSync(rest[0] ?? "", Buffer.from(`${path.split(/[\\/]/).at(-1)}\r\n${list}\r\n`, "utf16le"));
        return "";
      }
      if (!works) return undefined;
      if (what === "/reset") list = INHERITED;
      if (what === "/inheritance:r") {
        const explicit = [...list.matchAll(/\([^)]*\)/g)]
          .map(([entry]) => entry)
          .filter((entry) => !/;[A-Z]*ID;/.test(entry));
        const granted = rest
          .filter((grant) => grant.startsWith("*"))
          .map((grant) => {
            const [, sid, inherits] = /^\*([^:]+):(\(OI\)\(CI\))?F$/.exec(grant) ?? [];
            return `(A;${inherits ? "OICI" : ""};FA;;;${sid === "S-1-5-18" ? "SY" : sid === "S-1-5-32-544" ? "BA" : sid})`;
          });
        list = `D:PAI${[...explicit, ...granted].join("")}`;
      }
      return "";
    },
  };
  return { system, calls, list: () => list };
}

const icacls = String.raw`C:\Windows\System32\icacls.exe`;

describe("a private folder", () => {
  it("has mode 700 where modes count, and calls no program", async () => {
    const path = join(temporaryFolder(), "a", "private");
    const { calls, system } = fakeWindows();
    await makePrivateFolder(path, true, { ...system, platform: "linux" });
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(calls).toEqual([]);
  });

  it("gets an access list on Windows: the user, the system and the administrators, also for all that is made in it", async () => {
    const path = join(temporaryFolder(), "private");
    const windows = fakeWindows();
    await makePrivateFolder(path, true, windows.system);
    const ours = windows.calls.filter(([, , what]) => what === "/reset" || what === "/inheritance:r");
    expect(ours).toEqual([
      [icacls, path, "/reset", "/q"],
      [
        icacls,
        path,
        "/inheritance:r",
        "/grant:r",
        `*${USER}:(OI)(CI)F`,
        "*S-1-5-18:(OI)(CI)F",
        "*S-1-5-32-544:(OI)(CI)F",
        "/q",
      ],
    ]);
    expect(windows.list()).toBe(`D:PAI(A;OICI;FA;;;${USER})(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)`);
  });

  it("loses what was granted to others explicitly", async () => {
    const windows = fakeWindows({ before: "D:PAI(A;OICI;FA;;;WD)" });
    await makePrivateFolder(join(temporaryFolder(), "private"), true, windows.system);
    expect(windows.list()).not.toContain("WD");
  });

  it("is refused with the way out on a disk without access lists, unless it may be open", async () => {
    const path = join(temporaryFolder(), "private");
    const { system } = fakeWindows({ works: false });
    const refused = await makePrivateFolder(path, true, system).catch(failureOf);
    expect(refused).toMatchObject({ code: "KEYS_UNPROTECTED", message: expect.stringMatching(/NTFS.*password/) });
    await makePrivateFolder(join(path, "backup"), false, system);
    expect(existsSync(join(path, "backup"))).toBe(true);
  });

  it("is refused where the programs of Windows cannot be run", async () => {
    const system: AccessSystem = { platform: "win32", run: async () => undefined };
    const made = makePrivateFolder(join(temporaryFolder(), "private"), true, system);
    await expect(made).rejects.toMatchObject({ code: "NOT_PRIVATE" });
  });

  it("that exists is left as it is", async () => {
    const path = temporaryFolder();
    const { calls, system } = fakeWindows();
    await makePrivateFolder(path, true, system);
    expect(calls).toEqual([]);
  });
});

describe("a private file", () => {
  it("gets the same list, without inheritance", async () => {
    const path = join(temporaryFolder(), "acme.txt");
    const windows = fakeWindows();
    expect(await restrictFile(path, windows.system)).toBe(true);
    expect(windows.list()).toBe(`D:PAI(A;;FA;;;${USER})(A;;FA;;;SY)(A;;FA;;;BA)`);
  });
});

describe("who may read a file on Windows", () => {
  it.each<[string, boolean | undefined]>([
    [`D:(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;${USER})`, false],
    [`D:PAI(D;;FA;;;WD)(A;;FA;;;${USER})`, false],
    [INHERITED, true],
    ["D:PAI(A;;FR;;;WD)", true],
    ["D:PAI(A;;FA;;;S-1-5-21-1-2-3-1002)", true],
    ["D:PAI(XA;;FR;;;AU;(@USER.a == 1))", true],
    ["D:NO_ACCESS_CONTROL", true],
    ["D:", true],
    ["", undefined],
  ])("%s: others %s", async (before, others) => {
    expect(await mayOthersRead("C:\\keys", fakeWindows({ before }).system)).toBe(others);
  });

  it("knows the built-in administrator by the short name", async () => {
    const before = "D:PAI(A;;FA;;;LA)";
    const admin = "S-1-5-21-1004336348-1177238915-682003330-500";
    expect(await mayOthersRead("C:\\keys", fakeWindows({ before, user: admin }).system)).toBe(false);
    expect(await mayOthersRead("C:\\keys", fakeWindows({ before }).system)).toBe(true);
  });

  it("leaves nothing in the temporary folder", async () => {
    const { calls, system } = fakeWindows();
    mkdirSync(join(temporaryFolder(), "x"));
    await mayOthersRead("C:\\keys", system);
    const saved = calls.find(([, , what]) => what === "/save")?.[3] ?? "";
    expect(saved).not.toBe("");
    expect(existsSync(saved)).toBe(false);
  });
});
