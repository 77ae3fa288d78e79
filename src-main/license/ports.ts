import type { Result } from "../../src-shared/result.ts";

/** `STORE_LOCKED`: there is a keychain and the person has not unlocked it. `STORE_NONE`: there is none. */
export type SecretStoreError = "STORE_LOCKED" | "STORE_NONE";

/** Small secrets kept by the operating system for this user. */
export type SecretStore = {
  /** `null` means that it does not exist: a locked store is an error, never an absent secret. */
  readonly read: (name: string) => Promise<Result<string | null, SecretStoreError>>;
  readonly write: (name: string, secret: string) => Promise<Result<undefined, SecretStoreError>>;
  /** Whether a call still waits for the person to answer the system's question. */
  readonly isWaiting: () => boolean;
};
