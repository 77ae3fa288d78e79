import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { SecretStore } from "../../../src-main/license/index.ts";

/** What every secret store does, the fake of the tests and the real keychain alike. */
export function describeSecretStore(name: string, open: () => SecretStore): void {
  describe(`${name} keeps secrets`, () => {
    const secretName = `test/${randomBytes(4).toString("hex")}`;

    it("answers null for what was never stored", async () => {
      expect(await open().read(secretName)).toEqual({ ok: true, value: null });
    });

    it("gives back what was written, also when opened again", async () => {
      const store = open();
      expect(await store.write(secretName, "first")).toEqual({ ok: true, value: undefined });
      expect(await store.read(secretName)).toEqual({ ok: true, value: "first" });
      expect(await open().read(secretName)).toEqual({ ok: true, value: "first" });
    });

    it("replaces a secret of the same name", async () => {
      const store = open();
      await store.write(secretName, "second");
      expect(await store.read(secretName)).toEqual({ ok: true, value: "second" });
    });
  });
}
