import { parseLockOwner } from "../../src-ops/keys/lock-owner.ts";
import { parsePasswordLock } from "../../src-ops/keys/protection/password-lock.ts";
import { parseSealedFile } from "../../src-ops/keys/protection/sealed-file.ts";
import { fromUtf8, utf8 } from "../../src-shared/encoding/text.ts";

const asJson = (value: object) => [utf8(JSON.stringify(value))];
const id = "a".repeat(26);

/** The files of a key folder. */
export const KEY_TARGETS = [
  {
    name: "lock-owner",
    run: (bytes: Uint8Array) => parseLockOwner(fromUtf8(bytes) ?? ""),
    seeds: asJson({ host: "a", pid: 1 }),
  },
  {
    name: "password-lock",
    run: parsePasswordLock,
    seeds: asJson({ v: 1, id, scrypt: { n: 2 ** 17, r: 8, p: 1 }, salt: "AAAA", key: "AAAA" }),
  },
  { name: "sealed-file", run: parseSealedFile, seeds: asJson({ v: 1, lock: id, kid: "k", sealed: "AAAA" }) },
];
