import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { snapshot } from "../../ops/support/publisher-fixture.ts";
import { applyOnce } from "./apply-process.ts";

type Vector = { readonly pack: string; readonly files: Record<string, string> };
const vector = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../../vectors/frozen", name), "utf8")) as Vector;

function written(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), Buffer.from(content, "base64url"));
  }
  return folder;
}

it("the frozen pack makes the frozen stick exactly what it is in its next generation", async () => {
  const { pack, files } = vector("content-pack.json");
  const stick = written(vector("stick.json").files);
  const path = join(temporaryFolder(), "S1-v2.uvvpack");
  writeFileSync(path, Buffer.from(pack, "base64url"));
  expect(await applyOnce(stick, path)).toBe("done");
  const { "VAULT/revocations.uvvrev": list, ...rest } = snapshot(stick);
  expect(list).toBeDefined();
  expect(rest).toEqual(snapshot(written(files)));
});
