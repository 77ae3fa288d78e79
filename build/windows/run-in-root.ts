import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { projectRoot } from "../electron-runtime.ts";
import { debianRoot } from "./places.ts";

// The mounts are made in a namespace of the command, so they end with it: nothing outside can be reached by a path
// below the root, and deleting the root can never delete what was mounted there.
const MOUNT_AND_ENTER = `
set -e
root="$1"; shift
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
for folder in "$1" "$2"; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done
shift 2
exec chroot "$root" sh -c 'cd "$0" 2>/dev/null || cd /; exec "$@"' "$PWD" "$@"
`;

/**
 * The command line that runs a command in the Debian root. The project and the folder of temporary files are there too,
 * under the same paths; a command that starts in one of them stays there.
 */
export function commandInRoot(command: readonly string[]): [string, ...string[]] {
  const script = ["sh", "-c", MOUNT_AND_ENTER, "sh", debianRoot, tmpdir(), projectRoot];
  const [program, ...words] = privateMounts;
  return [program, ...words, ...script, ...command];
}

/** Runs the command after it in a mount namespace of its own. */
export const privateMounts: [string, ...string[]] = ["unshare", "--mount", "--propagation", "private"];

/** Runs a command, in the Debian root or on this machine, and throws with its messages if it fails. */
export function runOrThrow(
  [program, ...words]: readonly [string, ...string[]],
  options: Partial<SpawnSyncOptionsWithStringEncoding> = {},
): string {
  const { status, error, stdout, stderr } = spawnSync(program, words, { encoding: "utf8", ...options });
  if (status === 0) return stdout;
  const said = [error?.message, stdout, stderr].filter(Boolean).join("\n").trim();
  throw new Error(`${[program, ...words].join(" ").slice(0, 200)} failed: ${said.slice(-2_000)}`);
}
