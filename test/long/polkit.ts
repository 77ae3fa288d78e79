import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";

const RULES = "/etc/polkit-1/rules.d";
const RULE = `${RULES}/00-usb-video-vault-test.rules`;
const SYSTEM_BUS = "/run/dbus/system_bus_socket";
const POLKITD = "/usr/lib/polkit-1/polkitd";

/**
 * Runs polkit as on a desktop until the test ends. There is no user to ask, so it refuses everything that no rule
 * allows.
 */
export async function startPolkit(): Promise<void> {
  if (!existsSync("/usr/bin/pkexec") || !existsSync(POLKITD)) {
    const args = ["install", "-y", "-qq", "--no-install-recommends", "dbus", "polkitd", "pkexec"];
    execFileSync("apt-get", args, { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, stdio: "ignore" });
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

// The socket file alone may be left over from an earlier bus.
function isBusThere(): boolean {
  const args = ["--system", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetId"];
  return spawnSync("dbus-send", args).status === 0;
}

/** Replaces the administrator's password prompt: allows this user to install updates of the app, and nothing else. */
export async function allowInstalling(user: string): Promise<void> {
  mkdirSync(RULES, { recursive: true });
  const lines = [
    "polkit.addRule(function (action, subject) {",
    `  var isUpdate = action.id == "app.usbvideovault.install-update" && subject.user == ${JSON.stringify(user)};`,
    "  return isUpdate ? polkit.Result.YES : polkit.Result.NOT_HANDLED;",
    "});",
  ];
  writeFileSync(RULE, `${lines.join("\n")}\n`);
  onTestFinished(() => rmSync(RULE, { force: true }));
  // polkitd reads new rules by itself after a short time.
  await setTimeout(2_000);
}
