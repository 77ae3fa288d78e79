import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { manifestToken } from "../../fakes/issuer.ts";
import { refusal, vaultctl } from "../support/vaultctl.ts";
import { openPublisherFixture, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let workshop: PublisherFixture;
let count = 0;
beforeAll(async () => {
  workshop = await openPublisherFixture();
});
afterAll(() => workshop.remove());

function stickWith(name: string, content: string): string {
  const stick = workshop.newStick(`stick-${++count}`);
  mkdirSync(join(stick, "VAULT"));
  writeFileSync(join(stick, "VAULT", name), content);
  return stick;
}

it("cannot steer the terminal with its label", async () => {
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
  ["no token", "hello"],
  ["nothing", ""],
  ["a token of another shape", "e30.e30.e30"],
])("with %s for a manifest is refused in one line", async (_what, content) => {
  const stick = stickWith("manifest.1.jws", content);
  expect(await refusal(["ls", stick])).toBe("VAULT_DAMAGED");
  expect(await refusal(["verify", stick, "--trust", workshop.trust])).toBe("VAULT_UNTRUSTED");
  expect(await refusal(["pack", "--stick", stick, "--keys", workshop.keys, TIDES])).toBe("VAULT_EXISTS");
});

it("with a pipe or a link where a file is expected keeps nobody waiting", async () => {
  const stick = stickWith("letter.txt", "");
  execFileSync("mkfifo", [join(stick, "VAULT", "manifest.1.jws")]);
  symlinkSync("/dev/zero", join(stick, "VAULT", "vault.json"));
  expect(await refusal(["ls", stick])).toBe("VAULT_DAMAGED");
  expect(await refusal(["verify", stick, "--trust", workshop.trust])).toBe("VAULT_UNTRUSTED");
});
