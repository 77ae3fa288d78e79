import type { PublisherFixture } from "./publisher-fixture.ts";
import { type Answer, succeed } from "./vaultctl.ts";

export type Issued = { readonly seq: number };
export type Restored = { readonly generation: number; readonly firstSeq: number; readonly number: number };

/** What a publisher does with a key folder and a backup disk. */
export function backupCommands(fixture: PublisherFixture, disk: string) {
  const issueArgs = (keys: string, customer: string) => {
    const [file, out] = [fixture.path(`${customer}.txt`), fixture.path(`${customer}.uvvlic`)];
    const options = [
      "--stick",
      fixture.stick,
      "--for",
      customer,
      "--passphrase-file",
      file,
      "--days",
      "9",
      "--out",
      out,
    ];
    return ["license", "issue", "--keys", keys, ...options];
  };
  return {
    issueArgs,
    issue: (keys: string, customer: string) => succeed<Issued>(issueArgs(keys, customer)),
    backUp: (keys: string, ...more: string[]) =>
      succeed<{ path: string; number: number; proof: object | null }>([
        "backup",
        "--keys",
        keys,
        "--to",
        disk,
        ...more,
      ]),
    restore: (keys: string, ...more: string[]) =>
      succeed<Restored>(["restore", "--from", disk, "--keys", keys, ...more]),
  };
}

export function failureCode({ json }: Answer): string {
  return (json as { error?: { code: string } } | undefined)?.error?.code ?? "ok";
}
