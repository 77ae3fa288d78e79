import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { removeFile, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { restrictFile } from "../private-access.ts";

/** Durably writes a file that only its owner may read. Throws `EEXIST` if the path already exists. */
export async function writeSecretFile(path: string, content: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    // Before the secret is in it. A disk without access lists is accepted here: the passphrase is to be sent anyway.
    await restrictFile(path);
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await removeFile(path);
    throw error;
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}
