import { stat } from "node:fs/promises";
import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { checkNewPassword, type Passwords, recallFolderKey } from "../keys/index.ts";
import { isInside } from "../paths.ts";
import { mayOthersRead } from "../private-access.ts";
import type { CommandContext } from "./command-context.ts";
import type { Host } from "./host.ts";

/** Names the file with the password for every command without `--password-file`. */
export const PASSWORD_VARIABLE = "VAULTCTL_PASSWORD_FILE";

/** Asks on the terminal, up to three times, or reads the file that is named. */
export function passwordsOf(host: Host, { keychain, now }: CommandContext, file: () => string | undefined): Passwords {
  return {
    get attempts() {
      return file() === undefined ? 3 : 1;
    },
    async recall(folder, id) {
      const isAsked = keychain && file() === undefined;
      return isAsked ? recallFolderKey(folder, id, keychain, now()) : undefined;
    },
    async ask(folder, attempt) {
      const path = file();
      if (path !== undefined) return readPasswordFile(path, folder);
      return host.askSecret(`${attempt > 1 ? "Wrong password. " : ""}Password of ${folder}: `);
    },
  };
}

/** A new password: from the file, or asked for twice. PASSWORD_UNFIT, PASSWORD_MISSING, INTERRUPTED. */
export async function chooseNewPassword(
  host: Host,
  file: string | undefined,
  folder: string,
): Promise<Attempt<string>> {
  if (file !== undefined) {
    const read = await readPasswordFile(file, folder);
    return read.ok ? checkNewPassword(read.value) : read;
  }
  const first = await host.askSecret(`New password of ${folder}: `);
  if (!first.ok) return first;
  const checked = checkNewPassword(first.value);
  if (!checked.ok) return checked;
  const second = await host.askSecret("The same once more: ");
  if (!second.ok) return second;
  if (second.value === first.value) return checked;
  return fail("PASSWORD_UNFIT", "The two passwords differ: run the same command again. Nothing was changed.");
}

/** Reads one line that nobody else may read. Never in the folder itself, where it would be in each backup. */
async function readPasswordFile(path: string, folder: string): Promise<Attempt<string>> {
  const bytes = await readSmallFile(path, 4 * KIB);
  if (!bytes) return fail("PASSWORD_MISSING", `${path} is not a readable file with a password.`);
  const text = fromUtf8(bytes);
  if (text === undefined || text.includes("\0"))
    return fail("PASSWORD_UNFIT", `${path} is not text in UTF-8: save it again in that encoding.`);
  if (process.platform !== "win32" && ((await stat(path)).mode & 0o077) !== 0) {
    return fail(
      "PASSWORD_UNFIT",
      `Others can read ${path}: change that with \`chmod 600 ${path}\`, and the password too.`,
    );
  }
  if (process.platform === "win32" && (await mayOthersRead(path)) === true) {
    const remedy = "in its properties, under Security, remove everybody but yourself, SYSTEM and the administrators";
    return fail("PASSWORD_UNFIT", `Others can read ${path}: ${remedy}, and change the password too.`);
  }
  if (await isInside(path, folder)) {
    return fail("PASSWORD_UNFIT", `${path} is in the key folder, so each copy of it has its password: move it away.`);
  }
  const password = text.replace(/^\uFEFF/, "").replace(/\r?\n$/, "");
  if (password !== "" && !/[\r\n]/.test(password)) return ok(password);
  return fail("PASSWORD_UNFIT", `${path} must have one line with the password, and nothing else.`);
}
