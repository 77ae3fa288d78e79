import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openPublisherFixture, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";
import { vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

it("prints no control character of a file's name, as text or as JSON, whether the file can be packed or not", async () => {
  const folder = join(fixture.newStick("escapes"), "films");
  mkdirSync(folder);
  const names = ["a\u001b]52;c;cm0=\u0007.webm", "b\u009d0;title\u009c.webm", "c\rdone.webm", "d\u001b[2J.webm"];
  const films = names.map((name) => join(folder, name));
  for (const film of films.slice(1)) cpSync(TIDES, film);
  writeFileSync(films[0] ?? "", "no film");
  for (const [stick, given] of [
    [fixture.newStick("escapes-packed"), films.slice(1)],
    [fixture.newStick("escapes-refused"), films],
  ] as const) {
    for (const json of [[], ["--json"]]) {
      const { stdout, stderr } = await vaultctl(["pack", "--stick", stick, "--keys", fixture.keys, ...json, ...given]);
      expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]/u);
      expect(stdout + stderr).toContain(json.length > 0 ? "\\u00" : "\ufffd");
    }
  }
});
