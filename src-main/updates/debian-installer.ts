import { spawn } from "node:child_process";
import { once } from "node:events";
import { err, ok } from "../../src-shared/result.ts";
import type { Installer } from "./ports.ts";

/** Part of the package, so only root can change it (build/packaging/install-update.sh). */
const HELPER = "/usr/libexec/usb-video-vault/install-update";

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
    async install({ file, path, version, isOlder }) {
      const args = [path, String(file.length), file.sha256, version, isOlder ? "rollback" : "upgrade"];
      if (!(await succeeds([...asRoot(), helper, ...args]))) return err("NOT_INSTALLED");
      restart();
      return ok(undefined);
    },
  };
}

/** polkit asks for an administrator's password, in the dialog of the desktop only. */
function asRoot(): readonly string[] {
  return process.getuid?.() === 0 ? [] : ["/usr/bin/pkexec", "--disable-internal-agent"];
}

async function succeeds([program = "", ...args]: readonly string[]): Promise<boolean> {
  // A group of its own: dpkg goes on if the app is ended meanwhile.
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    return code === 0;
  } catch {
    // The program is not there: an "error" instead of an "exit".
    return false;
  }
}
