import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { updateHelper } from "../../build/packaging/debian.ts";
import { createDebianInstaller } from "../../src-main/updates/index.ts";
import type { Version } from "../../src-shared/updates/index.ts";
import { installedVersionOf, makeProbePackage } from "../fakes/probe-package.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const NAME = "uvv-helper-probe";
const canInstall = process.getuid?.() === 0 && spawnSync("which", ["dpkg", "dpkg-deb", "setpriv"]).status === 0;

// The real helper, as root, with the real dpkg, for a package of the tests.
describe.skipIf(!canInstall)("the helper that installs updates as root", () => {
  let folder = "";
  let helper = "";
  let good: ReturnType<typeof makeProbePackage>;

  beforeAll(() => {
    folder = temporaryFolder(afterAll);
    helper = join(folder, "install-update");
    writeFileSync(helper, updateHelper(NAME), { mode: 0o755 });
    good = makeProbePackage(folder, { name: NAME, version: "2.0.0" });
    const first = makeProbePackage(folder, { name: NAME, version: "1.0.0" });
    execFileSync("dpkg", ["--install", first.path], { stdio: "ignore" });
  });
  afterAll(() => void spawnSync("dpkg", ["--purge", NAME]));

  const argumentsFor = ({ path, length, sha256 }: typeof good, version: string, move = "upgrade") => [
    path,
    String(length),
    sha256,
    version,
    move,
  ];
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawnSync(helper, args, { encoding: "utf8", env: { ...process.env, ...env } });
  const evil = (version = "6.6.6", name = NAME) => makeProbePackage(folder, { name, version });
  /** The good package's promise, for another file. */
  const instead = (path: string) => argumentsFor({ ...good, path }, "2.0.0");
  function fileWith(name: string, make: (path: string) => void): string {
    const path = join(folder, name);
    rmSync(path, { recursive: true, force: true });
    make(path);
    return path;
  }

  type Attack = readonly [what: string, exitCode: number, args: () => readonly string[], env?: Record<string, string>];
  const ATTACKS: readonly Attack[] = [
    ["another file in its place", 65, () => instead(evil().path)],
    ["another file of the same package and version", 65, () => instead(evil("2.0.0").path)],
    [
      "another file of the same length",
      65,
      () => instead(fileWith("same", (path) => writeFileSync(path, Buffer.alloc(good.length)))),
    ],
    ["a link to the right file", 66, () => instead(fileWith("link", (path) => symlinkSync(good.path, path)))],
    ["a link to a file of the system", 66, () => instead(fileWith("link", (path) => symlinkSync("/etc/shadow", path)))],
    ["a pipe that nobody writes to", 65, () => instead(fileWith("pipe", (path) => execFileSync("mkfifo", [path])))],
    ["a folder", 66, () => instead(folder)],
    ["an endless device", 65, () => instead("/dev/zero")],
    [
      "a file that is too long by a gibibyte",
      65,
      () =>
        instead(
          fileWith("huge", (path) => {
            copyFileSync(good.path, path);
            truncateSync(path, good.length + 2 ** 30);
          }),
        ),
    ],
    ["a file that is not there", 66, () => instead(join(folder, "absent"))],
    [
      "a file that the caller cannot read",
      66,
      () => instead(fileWith("secret", (path) => writeFileSync(path, readFileSync(good.path), { mode: 0o600 }))),
      { PKEXEC_UID: "65534" },
    ],
    ["another package, with its hash", 65, () => argumentsFor(evil("2.0.0", "uvv-other-probe"), "2.0.0")],
    [
      "a package for other computers",
      65,
      () => argumentsFor(makeProbePackage(folder, { name: NAME, version: "2.0.0", architecture: "arm64" }), "2.0.0"),
    ],
    ["another version than the one that is named", 65, () => argumentsFor(evil(), "2.0.0")],
    ["an older version as an upgrade", 65, () => argumentsFor(evil("0.9.0"), "0.9.0")],
    ["a newer version as a rollback", 65, () => argumentsFor(good, "2.0.0", "rollback")],
    [
      "no package at all, with its hash",
      65,
      () => {
        const path = fileWith("text", (made) => writeFileSync(made, "x"));
        return [path, "1", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "2.0.0", "upgrade"];
      },
    ],
    ["an option as the file", 64, () => instead("--force-all")],
    ["a relative file", 64, () => instead("update.deb")],
    ["an option as the hash", 64, () => [good.path, String(good.length), "--check", "2.0.0", "upgrade"]],
    ["a hash in capitals", 64, () => [good.path, String(good.length), good.sha256.toUpperCase(), "2.0.0", "upgrade"]],
    ["a short hash", 64, () => [good.path, String(good.length), good.sha256.slice(1), "2.0.0", "upgrade"]],
    [
      "a hash with a line break",
      64,
      () => [good.path, String(good.length), `${good.sha256.slice(1)}\n`, "2.0.0", "upgrade"],
    ],
    ["no hash", 64, () => [good.path, String(good.length), "", "2.0.0", "upgrade"]],
    ["a length that is a calculation", 64, () => [good.path, "a[$(touch /tmp/evil)]", good.sha256, "2.0.0", "upgrade"]],
    ["a length with a leading zero", 64, () => [good.path, `0${good.length}`, good.sha256, "2.0.0", "upgrade"]],
    ["an immense length", 64, () => [good.path, "99999999999", good.sha256, "2.0.0", "upgrade"]],
    ["an option as the version", 64, () => [good.path, String(good.length), good.sha256, "--admindir=/tmp", "upgrade"]],
    ["a version with a line break", 64, () => [good.path, String(good.length), good.sha256, "2.0.0\n", "upgrade"]],
    ["an unknown move", 64, () => argumentsFor(good, "2.0.0", "*")],
    ["an argument too many", 64, () => [...argumentsFor(good, "2.0.0"), "--force-all"]],
    ["no arguments", 64, () => []],
  ];

  describe(`refuses ${ATTACKS.length} of ${ATTACKS.length} attacks, and installs nothing`, () => {
    it.each(ATTACKS.map((attack) => [attack[0], attack] as const))("%s", (_what, [, exitCode, args, env]) => {
      const { status, stderr } = run(args(), env);
      expect([status, stderr]).toEqual([exitCode, expect.stringContaining("install-update: ")]);
      expect(installedVersionOf(NAME)).toBe("1.0.0");
      expect(installedVersionOf("uvv-other-probe")).toBe("");
      expect(existsSync(`/var/cache/${NAME}-update`)).toBe(false);
    });
  });

  it("installs only what has the hash, however often the file is changed while it is copied", async () => {
    const path = join(folder, "changing.deb");
    const other = evil();
    copyFileSync(good.path, path);
    const swap = `while :; do cat '${other.path}' > '${path}'; cat '${good.path}' > '${path}'; done`;
    const swapping = spawn("sh", ["-c", swap], { stdio: "ignore" });
    for (let times = 0; times < 20; times++) {
      const { status } = run(argumentsFor({ ...good, path }, "2.0.0"));
      expect([0, 65]).toContain(status);
      expect(["1.0.0", "2.0.0"]).toContain(installedVersionOf(NAME));
    }
    swapping.kill("SIGKILL");
    await once(swapping, "exit");
    // Back to the version that the other tests start from.
    const first = makeProbePackage(folder, { name: NAME, version: "1.0.0" });
    expect(run(argumentsFor(first, "1.0.0", "rollback")).status).toBe(0);
  });

  it("gives dpkg and its scripts nothing of the caller's environment", () => {
    const seen = join(folder, "environment");
    const preinst = `#!/bin/sh\nenv > '${seen}'\n`;
    const update = makeProbePackage(folder, { name: NAME, version: "2.0.0", preinst });
    const programs = join(folder, "programs");
    mkdirSync(programs);
    for (const name of ["dpkg", "dpkg-deb", "dpkg-query", "sha256sum", "stat", "dd", "sh", "env"])
      writeFileSync(join(programs, name), `#!/bin/sh\ntouch '${join(folder, "planted")}'\n`, { mode: 0o755 });
    const evilEnvironment = {
      PATH: programs,
      IFS: "/",
      ENV: join(programs, "sh"),
      BASH_ENV: join(programs, "sh"),
      CDPATH: programs,
      LD_LIBRARY_PATH: programs,
      DPKG_ROOT: folder,
      DPKG_ADMINDIR: folder,
      DPKG_FORCE: "all",
      TMPDIR: programs,
      POSIXLY_CORRECT: "1",
    };
    expect(run(argumentsFor(update, "2.0.0"), evilEnvironment).status).toBe(0);
    expect(installedVersionOf(NAME)).toBe("2.0.0");
    expect(existsSync(join(folder, "planted"))).toBe(false);
    const lines = readFileSync(seen, "utf8").split("\n");
    expect(Object.entries(evilEnvironment).filter(([name, value]) => lines.includes(`${name}=${value}`))).toEqual([]);
    const first = makeProbePackage(folder, { name: NAME, version: "1.0.0" });
    expect(run(argumentsFor(first, "1.0.0", "rollback")).status).toBe(0);
  });

  it("installs one update at a time", async () => {
    const slow = makeProbePackage(folder, { name: NAME, version: "2.0.0", preinst: "#!/bin/sh\nsleep 2\n" });
    const running = spawn(helper, argumentsFor(slow, "2.0.0"), { stdio: "ignore" });
    await expect.poll(() => existsSync(`/var/cache/${NAME}-update/update.deb`)).toBe(true);
    const busy = {
      path: slow.path,
      file: slow,
      version: "2.0.0" as Version,
      isOlder: false,
      isIntact: async () => true,
    };
    const installer = createDebianInstaller({ helper, restart: () => undefined });
    expect(await installer.install({ ...busy, waiting: () => undefined })).toEqual({
      ok: false,
      error: "INSTALLER_BUSY",
    });
    expect(run(argumentsFor(slow, "2.0.0")).status).toBe(75);
    expect(await once(running, "exit")).toEqual([0, null]);
    expect(installedVersionOf(NAME)).toBe("2.0.0");
    expect(readdirSync("/var/cache")).not.toContain(`${NAME}-update`);
  });

  it.each([
    ["2.0.0", false],
    ["0.9.0", true],
    ["2.0.0", false],
    ["2.0.0", false],
  ])("is what the app installs version %s with", async (version, isOlder) => {
    const update = makeProbePackage(folder, { name: NAME, version });
    const path = fileWith("a name with 'quotes', $(signs)\nand a line break.deb", (made) =>
      copyFileSync(update.path, made),
    );
    const did: string[] = [];
    const installer = createDebianInstaller({ helper, restart: () => void did.push("restart") });
    const request = {
      path,
      file: update,
      version: version as Version,
      isOlder,
      isIntact: async () => true,
      waiting: () => undefined,
    };
    expect(await installer.install(request)).toEqual({ ok: true, value: undefined });
    expect(readFileSync(join(folder, "installed.txt"), "utf8")).toBe(version);
    expect(did).toEqual(["restart"]);
  });

  it.each(["lock-frontend", "lock"])(
    "waits while the system's own updates hold dpkg's %s, and says so",
    async (name) => {
      const first = makeProbePackage(folder, { name: NAME, version: "1.0.0" });
      expect(spawnSync("dpkg", ["--install", first.path]).status).toBe(0);
      const holder = await holdLock(name, 7);
      const did: string[] = [];
      const installer = createDebianInstaller({ helper, restart: () => void did.push("restart") });
      const request = { path: good.path, file: good, version: "2.0.0" as Version, isOlder: false };
      const waiting = () => void did.push("waiting");
      const installed = await installer.install({ ...request, isIntact: async () => true, waiting });
      expect([installed.ok, did]).toEqual([true, ["waiting", "restart"]]);
      expect(holder.exitCode ?? (await once(holder, "exit"))[0]).toBe(0);
      expect(installedVersionOf(NAME)).toBe("2.0.0");
    },
  );

  it("goes on by itself if the app that it tells of its waiting has ended", async () => {
    const first = makeProbePackage(folder, { name: NAME, version: "1.0.0" });
    expect(spawnSync("dpkg", ["--install", first.path]).status).toBe(0);
    await holdLock("lock-frontend", 3);
    const running = spawn(helper, argumentsFor(good, "2.0.0"), { stdio: ["ignore", "pipe", "ignore"] });
    running.stdout.destroy();
    expect(await once(running, "exit")).toEqual([0, null]);
    expect(installedVersionOf(NAME)).toBe("2.0.0");
  });

  it("leaves the app running if it refuses, and can be called again", async () => {
    const update = makeProbePackage(folder, { name: NAME, version: "3.0.0" });
    const did: string[] = [];
    const installer = createDebianInstaller({ helper, restart: () => void did.push("restart") });
    const request = {
      file: update,
      version: "3.0.0" as Version,
      isOlder: false,
      isIntact: async () => true,
      waiting: () => undefined,
    };
    const refused = await installer.install({ ...request, path: evil().path });
    expect([refused, did]).toEqual([{ ok: false, error: "NOT_INSTALLED" }, []]);
    expect(await installer.install({ ...request, path: update.path })).toEqual({ ok: true, value: undefined });
  });
});

/** Another process that holds a lock of dpkg's for some seconds. */
async function holdLock(name: string, seconds: number) {
  const lock = `import fcntl, time; f = open('/var/lib/dpkg/${name}', 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(${seconds})`;
  const holder = spawn("python3", ["-c", lock], { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  return holder;
}

it("reports that nothing was installed where there is no helper", async () => {
  const installer = createDebianInstaller({ helper: "/nonexistent", restart: () => undefined });
  const file = { length: 1, sha256: "0".repeat(64) };
  const request = {
    path: "/a.deb",
    file,
    version: "2.0.0" as Version,
    isOlder: false,
    isIntact: async () => true,
    waiting: () => undefined,
  };
  expect(await installer.install(request)).toEqual({ ok: false, error: "NOT_INSTALLED" });
});
