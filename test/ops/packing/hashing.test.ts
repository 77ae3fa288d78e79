import { createHash } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createHasher, createReadBack } from "../../../src-ops/packing/hashing/index.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { MIB } from "../../../src-shared/units.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");

let started = 0;
const count = () => void started++;
beforeEach(() => {
  started = 0;
  subscribe("worker_threads", count);
});
afterEach(() => void unsubscribe("worker_threads", count));

it("uses a thread again after its user has closed it, and does not mix the streams of two users", async () => {
  const first = createHasher();
  await first.open().update(utf8("of a command that was interrupted"));
  await first.close();
  started = 0;
  const second = createHasher();
  const stream = second.open();
  await stream.update(utf8("new"));
  expect(await stream.digest()).toBe(sha256("new"));
  await second.close();
  expect(started).toBe(0);
});

it("gives two users at the same time a thread each", async () => {
  const [one, other] = [createHasher(), createHasher()];
  const [a, b] = [one.open(), other.open()];
  await Promise.all([a.update(utf8("a")), b.update(utf8("b"))]);
  expect([await b.digest(), await a.digest()]).toEqual([sha256("b"), sha256("a")]);
  await Promise.all([one.close(), other.close()]);
});

it("ends a thread that is closed while it hashes, and the next user gets another", async () => {
  const first = createHasher();
  let isHashed = false;
  void first
    .open()
    .update(new Uint8Array(8 * MIB))
    .then(() => (isHashed = true));
  await first.close();
  expect(isHashed).toBe(false);
  const path = join(temporaryFolder(), "film");
  writeFileSync(path, "picture");
  const second = createReadBack();
  expect(await second.check(path, { size: 7, sha256: sha256("picture") })).toBeUndefined();
  expect(await second.check(path, { size: 7, sha256: sha256("sound") })).toBe("CONTENT");
  await second.close();
});
