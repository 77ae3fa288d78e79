import { randomBytes } from "node:crypto";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { MEDIA_SCHEME } from "../../src-shared/ipc/index.ts";

/**
 * Opaque addresses of this session: 128 random bits that reveal nothing about the file, key or path. The mapping is
 * forgotten when the vault is closed.
 */
export type MediaAddresses<T> = {
  readonly issue: (target: T) => string;
  readonly find: (token: string) => T | undefined;
  readonly withdraw: (address: string) => void;
  readonly clear: () => void;
};

export function createMediaAddresses<T>(): MediaAddresses<T> {
  const targets = new Map<string, T>();
  const prefix = `${MEDIA_SCHEME}://media/`;
  return {
    issue(target) {
      const token = toBase64url(randomBytes(16));
      targets.set(token, target);
      return prefix + token;
    },
    find: (token) => targets.get(token),
    withdraw(address) {
      targets.delete(address.slice(prefix.length));
    },
    clear() {
      targets.clear();
    },
  };
}
