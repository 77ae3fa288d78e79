import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";

const RULES = "/etc/polkit-1/rules.d";
const RULE = `${RULES}/00-usb-video-vault-test.rules`;
const SYSTEM_BUS = "/run/dbus/system_bus_socket";
const POLKITD = "/usr/lib/polkit-1/polkitd";

/** Until the test ends: polkit as a desktop has it. Nobody is there to ask, so it refuses whatever no rule allows. */
export async function startPolkit(): Promise<void> {
  if (!existsSync("/usr/bin/pkexec") || !existsSync(POLKITD)) {
    const words = ["install", "-y", "-qq", "--no-install-recommends", "dbus", "polkitd", "pkexec"];
    execFileSync("apt-get", words, { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, stdio: "ignore" });
  }
  if (spawnSync("pgrep", ["-x", "polkitd"]).status === 0) return;
  mkdirSync(dirname(SYSTEM_BUS), { recursive: true });
  if (!isBusThere()) {
    const bus = spawn("dbus-daemon", ["--system", "--nofork", "--nopidfile"], { stdio: "ignore" });
    onTestFinished(() => {
      bus.kill();
      rmSync(SYSTEM_BUS, { force: true });
    });
    while (!isBusThere()) await setTimeout(50);
  }
  const polkit = spawn(POLKITD, ["--no-debug"], { stdio: "ignore" });
  onTestFinished(() => void polkit.kill());
}

// A socket alone may be what another bus left behind.
function isBusThere(): boolean {
  const words = ["--system", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetId"];
  return spawnSync("dbus-send", words).status === 0;
}

/** Stands for the person who types the administrator's password: for this user, this file and nothing else. */
export async function allowInstalling(user: string, folder: string): Promise<void> {
  mkdirSync(RULES, { recursive: true });
  const lines = [
    "polkit.addRule(function (action, subject) {",
    `  var isIt = action.id == "org.freedesktop.policykit.exec" && subject.user == ${JSON.stringify(user)};`,
    `  var isOurs = String(action.lookup("command_line")).indexOf("dpkg -i ${folder}/") >= 0;`,
    "  return isIt && isOurs ? polkit.Result.YES : polkit.Result.NOT_HANDLED;",
    "});",
  ];
  writeFileSync(RULE, `${lines.join("\n")}\n`);
  onTestFinished(() => rmSync(RULE, { force: true }));
  // polkitd sees new rules by itself, within moments.
  await setTimeout(2_000);
}
