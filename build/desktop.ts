import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Unlocks a private keyring, then runs the command. The daemon ends with the session bus.
const WITH_KEYRING = `eval "$(printf test | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"; exec "$@"`;

/**
 * Runs a command on a private virtual display, with a private session bus and an unlocked keyring, in a home folder
 * that is removed afterwards. The desktop of the user is not touched. Resolves with the exit code.
 *
 * @param output an open file that gets what the command prints, instead of this process's output
 */
export async function runOnPrivateDesktop(
  command: readonly string[],
  env: NodeJS.ProcessEnv = {},
  output: "inherit" | number = "inherit",
): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "uvv-desktop-"));
  const display = ["xvfb-run", "-a", "-s", "-screen 0 1920x1080x24"];
  const bus = ["dbus-run-session", "--", "sh", "-c", WITH_KEYRING, "sh"];
  const [program = "", ...words] = [...display, ...bus, ...command];
  const child = spawn(program, words, {
    stdio: [output === "inherit" ? "inherit" : "ignore", output, output],
    env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, ...env },
  });
  try {
    return await exitOf(child);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The exit code of a child; a signal counts as 1. Rejects when the program could not be started. */
export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
