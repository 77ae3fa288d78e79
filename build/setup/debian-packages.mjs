import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { say } from "./say.mjs";

// What Electron, its keychain and a private display need on Debian 12, and what the tests and the demo use.
const PACKAGES = [
  "xvfb",
  "xauth",
  "libgtk-3-0",
  "libnss3",
  "libnss3-tools",
  "libasound2",
  "libgbm1",
  "libatk-bridge2.0-0",
  "libdrm2",
  "libxkbcommon0",
  "libnotify4",
  "libsecret-1-0",
  "dbus",
  "gnome-keyring",
  "ffmpeg",
  "fonts-dejavu-core",
  "dosfstools",
  "fusefat",
  "xdotool",
  "python3-jwt",
  "python3-cryptography",
  "postgresql-15",
  "curl",
  "strace",
  "systemd",
];

export function installDebianPackages() {
  if (process.platform !== "linux" || !existsSync("/usr/bin/dpkg-query")) return;
  const installed = installedPackages();
  const missing = PACKAGES.filter((name) => !installed.has(name));
  if (missing.length === 0) return;
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  say(`installing Debian packages: ${missing.join(" ")}`);
  const apt = (...args) => run([...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...args]);
  apt("update");
  if (!withoutCluster(asRoot, () => apt("install", "-y", "--no-install-recommends", ...missing))) {
    throw new Error(`these Debian packages are missing; as root: apt-get install ${missing.join(" ")}`);
  }
}

const CLUSTER_SETTINGS = "/etc/postgresql-common/createcluster.conf";

/**
 * By default PostgreSQL's package creates a database and starts it. The tests create their own, so this is switched
 * off.
 */
function withoutCluster(asRoot, install) {
  if (existsSync(CLUSTER_SETTINGS)) return install();
  const folder = mkdtempSync(join(tmpdir(), "uvv-setup-"));
  try {
    const settings = join(folder, "createcluster.conf");
    writeFileSync(settings, "create_main_cluster = false\n");
    run([...asRoot, "install", "-D", "-m", "644", settings, CLUSTER_SETTINGS]);
    return install();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function installedPackages() {
  const format = "-f=${Package} ${db:Status-Status}\\n";
  const query = spawnSync("dpkg-query", ["-W", format, ...PACKAGES], { encoding: "utf8" });
  const lines = query.stdout.split("\n").filter((line) => line.endsWith(" installed"));
  return new Set(lines.map((line) => line.split(" ")[0]));
}

function run([command, ...args]) {
  return spawnSync(command, args, { stdio: ["ignore", 2, 2] }).status === 0;
}
