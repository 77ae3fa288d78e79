import { spawn } from "node:child_process";
import { once } from "node:events";
import { err, ok } from "../../src-shared/result.ts";
import type { Installer } from "./ports.ts";

/** Part of the package, so only root can change it (build/packaging/install-update.sh). */
const HELPER = "/usr/libexec/usb-video-vault/install-update";

/** The helper's exit code if it has waited for another installation in vain. */
const OTHER_INSTALLATION = 75;

export type DebianInstallerOptions = {
  /** The program that installs as root; the tests pass one for a package of their own. */
  readonly helper?: string;
  /** Ends the app and restarts it. */
  readonly restart: () => void;
};

/**
 * Installs Debian packages. What the app has hashed may be replaced before dpkg reads it, so a helper that runs as root
 * copies the file, and compares the copy with the length and the hash that the feed's keys signed.
 */
export function createDebianInstaller({ helper = HELPER, restart }: DebianInstallerOptions): Installer {
  return {
    async install({ file, path, version, isOlder, waiting }) {
      const args = [path, String(file.length), file.sha256, version, isOlder ? "rollback" : "upgrade"];
      const code = await exitCodeOf([...asRoot(), helper, ...args], waiting);
      if (code !== 0) return err(code === OTHER_INSTALLATION ? "INSTALLER_BUSY" : "NOT_INSTALLED");
      restart();
      return ok(undefined);
    },
  };
}

/** polkit asks for an administrator's password, in the dialog of the desktop only. */
function asRoot(): readonly string[] {
  return process.getuid?.() === 0 ? [] : ["/usr/bin/pkexec", "--disable-internal-agent"];
}

/** The exit code; `undefined` if the program is not there. Whatever it prints means that it waits. */
async function exitCodeOf(
  [program = "", ...args]: readonly string[],
  waiting: () => void,
): Promise<number | null | undefined> {
  // A group of its own: dpkg goes on if the app is ended meanwhile.
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], detached: true });
  child.stdout.once("data", waiting).resume();
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    return code;
  } catch {
    // An "error" instead of an "exit".
    return undefined;
  }
}
