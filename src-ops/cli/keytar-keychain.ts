import type * as Keytar from "keytar";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Keychain } from "../keys/index.ts";

const SERVICE = "usb-video-vault-keys";
// A locked keychain asks the person on the screen; where there is no screen, it never answers.
const ANSWER_MS = 15_000;

/** The system's keychain through keytar, loaded only when it is used: servers often have none. */
export function createKeytarKeychain(): Keychain {
  let waiting = 0;

  async function use<T>(call: (keytar: typeof Keytar) => Promise<T>): Promise<Attempt<T>> {
    waiting++;
    const answer = load()
      .then(call)
      .then(ok, (error: unknown) => missing(error instanceof Error ? error.message : String(error)))
      .finally(() => waiting--);
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<Attempt<T>>((resolve) => {
      timer = setTimeout(() => resolve(missing("it does not answer")), ANSWER_MS);
    });
    try {
      return await Promise.race([answer, tooLong]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    isWaiting: () => waiting > 0,
    read: (name) => use(async (keytar) => (await keytar.getPassword(SERVICE, name)) ?? undefined),
    async write(name, secret) {
      const seen = await use(async (keytar) => {
        await keytar.setPassword(SERVICE, name, secret);
        return keytar.getPassword(SERVICE, name);
      });
      if (!seen.ok) return seen;
      return seen.value === secret ? ok(undefined) : missing("it is locked");
    },
    remove: (name) => use(async (keytar) => void (await keytar.deletePassword(SERVICE, name))),
  };
}

async function load(): Promise<typeof Keytar> {
  const loaded = await import("keytar");
  return loaded.default ?? loaded;
}

function missing(reason: string) {
  const why = reason.split("\n", 1).join("");
  return fail(
    "KEYCHAIN_MISSING",
    `The system's keychain cannot be used (${why}): every command asks for the password.`,
  );
}
