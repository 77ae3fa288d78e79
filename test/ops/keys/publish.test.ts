import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openPackedPublisher, type PublisherFixture } from "../support/publisher-fixture.ts";
import { succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 60_000 });

let fixture: PublisherFixture;
beforeEach(async () => {
  ({ fixture } = await openPackedPublisher());
});
afterEach(() => fixture.remove());

const rotate = (...more: string[]) =>
  succeed<{ kid: string }>(["keys", "rotate", "--keys", fixture.keys, "--role", "license-issuer", ...more]);

it("keys publish writes onto several sticks; one that fails does not stop the others", async () => {
  const [second, broken] = [fixture.newStick("second"), fixture.newStick("broken")];
  await succeed(["stick", "copy", fixture.stick, second, "--keys", fixture.keys]);
  await rotate();
  const sticks = [broken, fixture.stick, fixture.path("not-there"), second].flatMap((stick) => ["--stick", stick]);
  const { json } = await vaultctl(["keys", "publish", "--keys", fixture.keys, ...sticks, "--json"]);
  expect(json).toMatchObject({
    error: { code: "STICKS_MISSING", message: expect.stringContaining("2 of 4") },
    sticks: [
      { stick: broken, error: { code: "NO_VAULT" } },
      { stick: fixture.stick, written: ["keys.uvvkeys"] },
      { error: { code: "NO_VAULT" } },
      { stick: second, written: ["keys.uvvkeys"] },
    ],
  });
  const manifest = readFileSync(join(fixture.trust, "keys.uvvkeys"));
  for (const stick of [fixture.stick, second])
    expect(readFileSync(join(stick, "VAULT", "keys.uvvkeys"))).toEqual(manifest);
});

it("keys check shows the key that a routine change retires, and afterwards that it is retired", async () => {
  const check = ["keys", "check", "--keys", fixture.keys];
  const before = await succeed<{ keys: { role: string; kid: string }[]; older: object[] }>(check);
  const old = before.keys.find(({ role }) => role === "license-issuer")!.kid;
  expect(before.older).toEqual([]);
  const { kid } = await rotate("--keep-old");
  const shown = (await vaultctl(check)).stdout;
  expect(shown).toMatch(new RegExp(`license-issuer +${kid}  opens\n`));
  expect(shown).toMatch(new RegExp(`license-issuer +${old}  older, still valid\n`));
  await succeed(["keys", "retire", old, "--keys", fixture.keys]);
  expect((await vaultctl(check)).stdout).toMatch(new RegExp(`license-issuer +${old}  retired\n`));
});
