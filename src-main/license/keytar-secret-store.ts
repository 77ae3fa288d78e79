import { randomBytes } from "node:crypto";
import keytar from "keytar";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { SecretStore, SecretStoreError } from "./ports.ts";

const SERVICE = "usb-video-vault";

// A locked keychain asks the person for its password and answers only when they do. The app goes on without it: the
// question stays on the screen, and "try again" works once it has been answered.
const PROMPT_TIMEOUT_MS = 3_000;

/**
 * The OS keychain through keytar. A locked keychain answers `null` as if nothing were stored, which would be a way
 * around anti-rollback: therefore a `null` is accepted only after a canary could be written, read back and removed.
 */
export function createKeytarSecretStore(service = SERVICE): SecretStore {
  // Each canary has its own name: another process, or another call, may be testing at the same time.
  let probes = 0;
  async function probe(): Promise<Result<undefined, SecretStoreError>> {
    const canary = `canary/${process.pid}/${++probes}`;
    const value = randomBytes(9).toString("base64");
    await keytar.setPassword(service, canary, value);
    const seen = await keytar.getPassword(service, canary);
    await keytar.deletePassword(service, canary);
    return seen === value ? ok(undefined) : err("STORE_LOCKED");
  }

  // Each call of keytar blocks a thread, and the end of the process would wait for it.
  let waiting = 0;
  // The call that waits for the question on the screen. Later calls wait for its answer: each of them would ask again,
  // and block another of the few threads that also read files.
  let pendingCall: Promise<unknown> = Promise.resolve();
  async function guard<T>(use: () => Promise<Result<T, SecretStoreError>>): Promise<Result<T, SecretStoreError>> {
    const isFree = await within(
      PROMPT_TIMEOUT_MS,
      pendingCall.then(() => true),
      () => false,
    );
    if (!isFree) return err("STORE_LOCKED");
    waiting++;
    const answer = use().catch((error: unknown) => err(errorOf(error)));
    void answer.finally(() => waiting--);
    return within(PROMPT_TIMEOUT_MS, answer, () => {
      pendingCall = answer;
      return err("STORE_LOCKED");
    });
  }

  return {
    isWaiting: () => waiting > 0,
    read: (name) =>
      guard(async () => {
        const first = await keytar.getPassword(service, name);
        if (first !== null) return ok(first);
        const usable = await probe();
        return usable.ok ? ok(await keytar.getPassword(service, name)) : usable;
      }),
    write: (name, secret) =>
      guard(async () => {
        await keytar.setPassword(service, name, secret);
        return (await keytar.getPassword(service, name)) === secret ? ok(undefined) : err("STORE_LOCKED");
      }),
  };
}

// keytar rejects with the message of the platform's own store: on Linux "Cannot autolaunch D-Bus" or "not provided by
// any .service files" if no secret service runs. Any other message means that there is one and it refused access.
function errorOf(error: unknown): SecretStoreError {
  const message = error instanceof Error ? error.message : String(error);
  const none = /D-Bus|\.service|ServiceUnknown|not available|No such file|Could not connect/i;
  return none.test(message) ? "STORE_NONE" : "STORE_LOCKED";
}

async function within<T>(timeoutMs: number, answer: Promise<T>, otherwise: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise()), timeoutMs);
  });
  try {
    return await Promise.race([answer, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
