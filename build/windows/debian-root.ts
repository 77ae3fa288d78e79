import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportsOf, withExport } from "./dll-exports.ts";
import { debianRoot, world } from "./places.ts";
import { commandInRoot, privateMounts, runOrThrow } from "./run-in-root.ts";

/** The release of Debian whose Wine runs Electron: the Wine of the one before lacks memory functions that V8 needs. */
const RELEASE = "trixie";
const PACKAGES = ["wine64", "fonts-wine", "fonts-liberation", "locales", "nsis", "gcc-mingw-w64-i686-win32"];
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const DLLS = join(debianRoot, "usr/lib/x86_64-linux-gnu/wine/x86_64-windows");
const STAMP = join(world, "root.json");
/** What the root was made from: with another recipe it is made anew. */
const RECIPE = JSON.stringify({ release: RELEASE, packages: PACKAGES, form: 1 });

/** Makes the Debian root if it is not there; says whether it had to. */
export function makeDebianRoot(say: (text: string) => void): boolean {
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === RECIPE) return false;
  say(`installing Debian ${RELEASE} with Wine into a folder (some minutes)`);
  rmSync(STAMP, { force: true });
  rmSync(debianRoot, { recursive: true, force: true });
  install();
  say("adding what 32-bit Windows programs need");
  runOrThrow(commandInRoot(["sh", "-ec", ADD_32_BIT]), { env: QUIET });
  runOrThrow(commandInRoot(["localedef", "-i", "fr_FR", "-f", "UTF-8", "fr_FR.UTF-8"]));
  mendUser32();
  writeFileSync(STAMP, RECIPE);
  return true;
}

/** What runs the Windows programs: `wine-10.0 (Debian ...)`. */
export function wineVersion(): string {
  return runOrThrow(commandInRoot(["/usr/lib/wine/wine64", "--version"])).trim();
}

const QUIET = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DEBIAN_FRONTEND: "noninteractive", LANG: "C.UTF-8" };

function install(): void {
  const settings = join(debianRoot, "etc/dpkg/dpkg.cfg.d");
  mkdirSync(settings, { recursive: true });
  // A root that was not finished is made anew, so nothing has to survive a loss of power.
  writeFileSync(
    join(settings, "quick"),
    "force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\n",
  );
  const options = ["--variant=minbase", `--include=${PACKAGES.join(",")}`, `--keyring=${KEYRING}`, "--force-check-gpg"];
  runOrThrow([...privateMounts, "debootstrap", ...options, RELEASE, debianRoot, debianMirror()], {
    env: { ...process.env, ...QUIET },
  });
}

/** Where apt on this machine gets Debian's packages from. */
function debianMirror(): string {
  const format = ["--format", "$(ORIGIN)/$(LABEL) $(REPO_URI)", "Created-By: Packages"];
  const list = () => spawnSync("apt-get", ["indextargets", ...format], { encoding: "utf8" }).stdout.split("\n");
  const find = () => list().find((line) => line.startsWith("Debian/Debian "));
  const found = find() ?? (spawnSync("apt-get", ["-qq", "update"]).status === 0 ? find() : undefined);
  if (found === undefined) throw new Error("apt on this machine does not know where Debian's packages are");
  return found.split(" ")[1] ?? "";
}

// The 64-bit Wine runs 32-bit programs if it finds their DLLs. Debian ships them in a package for i386 only, which
// would bring a whole second system with it; so only the DLLs are taken. apt has checked the package.
const ADD_32_BIT = `
dpkg --add-architecture i386
apt-get -qq update
mkdir /var/tmp/i386
cd /var/tmp/i386
apt-get -qq download -o APT::Sandbox::User=root libwine:i386
dpkg-deb -x libwine_*_i386.deb .
cp -a usr/lib/i386-linux-gnu/wine/i386-windows/. /usr/lib/x86_64-linux-gnu/wine/i386-windows/
cd /
rm -r /var/tmp/i386
apt-get -qq clean
`;

/**
 * Chromium calls `IsWindowArranged` without asking whether it is there; Wine 10 lacks it, and no window would ever open.
 * The one that takes its place is as true: no window of Wine is arranged beside another, and none hangs.
 */
function mendUser32(): void {
  const path = join(DLLS, "user32.dll");
  copyFileSync(path, `${path}.debian`);
  const mended = withExport(readFileSync(path), "IsWindowArranged", {
    of: "IsHungAppWindow",
    insteadOf: "IsWindowRedirectedForPrint",
  });
  if (!exportsOf(mended).includes("IsWindowArranged")) throw new Error("user32.dll could not be mended");
  writeFileSync(path, mended);
}
