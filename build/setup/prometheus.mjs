import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { say } from "./say.mjs";

const INSTALLED = "/usr/bin";
const cached = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "usb-video-vault", "prometheus");
const hasBoth = (folder) => ["prometheus", "promtool"].every((name) => existsSync(join(folder, name)));

export function prometheusFolder() {
  return [INSTALLED, cached].find(hasBoth);
}

/**
 * Unpacks Debian's package without installing it, for the tests of metrics, rules and dashboard: an installed package
 * would start a service that nobody asked for. The demo does not need it, so a failure here does not stop the
 * bootstrap.
 */
export function installPrometheus() {
  if (process.platform !== "linux" || !existsSync("/usr/bin/apt-get") || prometheusFolder()) return;
  mkdirSync(join(cached, ".."), { recursive: true });
  const work = mkdtempSync(join(cached, "..", "prometheus-"));
  try {
    say("unpacking Debian's prometheus for the tests");
    if (!fetched(work)) return say("prometheus could not be fetched: the monitoring tests will fail and say so");
    rmSync(cached, { recursive: true, force: true });
    renameSync(join(work, "package", "usr", "bin"), cached);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

// apt checks the signature of the distribution and the hash of the package.
function fetched(work) {
  const download = () => run(work, ["apt-get", "-qq", "download", "prometheus"]);
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (!download() && !(run(work, [...asRoot, "apt-get", "-qq", "update"]) && download())) return false;
  const name = readdirSync(work).find((file) => file.endsWith(".deb"));
  return name !== undefined && run(work, ["dpkg-deb", "-x", name, "package"]);
}

function run(cwd, [command, ...words]) {
  return spawnSync(command, words, { cwd, stdio: "ignore" }).status === 0;
}
