import type { SecretStore, SecretStoreError } from "../../src-main/license/index.ts";
import { err, ok } from "../../src-shared/result.ts";

export type MemorySecretStore = SecretStore & {
  fault: SecretStoreError | undefined;
  readonly secrets: Map<string, string>;
};

/** A keychain in memory. `fault` makes every call fail as a real keychain does. */
export function createMemorySecretStore(): MemorySecretStore {
  const secrets = new Map<string, string>();
  const store = {
    fault: undefined as SecretStoreError | undefined,
    async read(name: string) {
      return store.fault ? err(store.fault) : ok(secrets.get(name) ?? null);
    },
    async write(name: string, secret: string) {
      if (store.fault) return err(store.fault);
      secrets.set(name, secret);
      return ok(undefined);
    },
  };
  return Object.assign(store, { secrets, isWaiting: () => false });
}
