import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { trustRootsOf } from "../../../src-main/trust/compiled-roots.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testKey, testKeyFile } from "../../fakes/test-keys.ts";

function keyText(kid: string, dev: boolean): string {
  const { root } = testKey(kid, "vault-publisher", { dev });
  return JSON.stringify(testKeyFile({ ...root, role: "vault-publisher" }));
}

it("uses the compiled roots", () => {
  expect(trustRootsOf([keyText("a", false)], undefined, true)).toMatchObject([{ kid: "a", role: "vault-publisher" }]);
});

it("uses another folder in a development build only", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "b.jwk.json"), keyText("b", true));
  expect(trustRootsOf([keyText("a", false)], folder, false)).toMatchObject([{ kid: "b" }]);
  expect(trustRootsOf([keyText("a", false)], folder, true)).toMatchObject([{ kid: "a" }]);
});

it("refuses a development root in a release, and any file that is not a key", () => {
  expect(() => trustRootsOf([keyText("a", true)], undefined, true)).toThrow("bad trust root");
  expect(() => trustRootsOf(["{}"], undefined, false)).toThrow("bad trust root");
});
