import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { manifestToken } from "../../fakes/issuer.ts";
import { refusal, vaultctl } from "../support/vaultctl.ts";
import { openPublisherFixture, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let count = 0;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

function stickWith(name: string, content: string): string {
  const stick = fixture.newStick(`stick-${++count}`);
  mkdirSync(join(stick, "VAULT"));
  writeFileSync(join(stick, "VAULT", name), content);
  return stick;
}

it("cannot send control characters to the terminal with its label", async () => {
  const stick = stickWith("manifest.1.jws", manifestToken({ label: "\u001b[2Jgone\u009b31m\nok" }));
  const answer = await vaultctl(["ls", stick]);
  expect(answer.code).toBe(0);
  expect(answer.stdout).toMatch(/^\ufffd\[2Jgone\ufffd31m\ufffdok: vault /);
});

it("cannot reorder what is shown around its label", async () => {
  const stick = stickWith("manifest.1.jws", manifestToken({ label: "one\u202etwo\u2066three" }));
  expect((await vaultctl(["ls", stick])).stdout).toMatch(/^one\ufffdtwo\ufffdthree: vault /);
  expect((await vaultctl(["ls", stick, "--json"])).stdout).not.toMatch(/[\u202e\u2066]/);
});

it.each([
  ["text", "hello"],
  ["an empty file", ""],
  ["a token with another structure", "e30.e30.e30"],
])("with %s for a manifest is refused in one line", async (_what, content) => {
  const stick = stickWith("manifest.1.jws", content);
  expect(await refusal(["ls", stick])).toBe("VAULT_DAMAGED");
  expect(await refusal(["verify", stick, "--trust", fixture.trust])).toBe("VAULT_UNTRUSTED");
  expect(await refusal(["pack", "--stick", stick, "--keys", fixture.keys, TIDES])).toBe("VAULT_EXISTS");
});

it("with a pipe or a link instead of a file does not block the reader", async () => {
  const stick = stickWith("letter.txt", "");
  execFileSync("mkfifo", [join(stick, "VAULT", "manifest.1.jws")]);
  symlinkSync("/dev/zero", join(stick, "VAULT", "vault.json"));
  expect(await refusal(["ls", stick])).toBe("VAULT_DAMAGED");
  expect(await refusal(["verify", stick, "--trust", fixture.trust])).toBe("VAULT_UNTRUSTED");
});
