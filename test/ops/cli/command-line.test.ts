import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusal, runVaultctl, vaultctl } from "../support/vaultctl.ts";
import { openPublisherFixture, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";

let fixture: PublisherFixture;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

const COMMANDS = [
  ["keys", "init"],
  ["pack"],
  ["add"],
  ["remove"],
  ["plan"],
  ["edit"],
  ["ls"],
  ["verify"],
  ["extract"],
  ["init"],
  ["completion"],
  ["backup"],
  ["restore"],
  ["show"],
  ["customer", "import"],
  ["customer", "list"],
  ["customer", "remove"],
  ["stick", "copy"],
  ["stick", "produce"],
  ["stick", "replace"],
  ["stick", "content-pack"],
  ["stick", "sync"],
  ["stick", "list"],
  ["license", "issue"],
  ["license", "inspect"],
  ["license", "check"],
  ["license", "renew"],
  ["license", "transfer"],
  ["license", "revoke"],
  ["license", "batch"],
  ["license", "list"],
  ["license", "audit"],
  ["license", "restore"],
  ["keys", "rotate"],
  ["keys", "retire"],
  ["keys", "new-parent"],
  ["keys", "publish"],
  ["keys", "check"],
  ["keys", "protect"],
  ["keys", "unlock"],
  ["keys", "lock"],
  ["keys", "recover"],
  ["stick", "resign"],
  ["stick", "floor"],
  ["feed", "init"],
  ["feed", "add-build"],
  ["feed", "release"],
  ["feed", "promote"],
  ["feed", "validate"],
  ["feed", "rollback"],
  ["feed", "halt"],
  ["feed", "resume"],
  ["feed", "flags"],
  ["feed", "security"],
  ["feed", "lists"],
  ["feed", "rotate"],
  ["feed", "refresh"],
  ["feed", "sign"],
  ["feed", "import"],
  ["feed", "pending"],
  ["feed", "person", "replace"],
  ["feed", "discard"],
  ["feed", "export"],
  ["feed", "status"],
  ["feed", "verify"],
  ["feed", "pilot"],
  ["ring", "checklist", "init"],
  ["ring", "checklist", "set"],
  ["ring", "checklist", "show"],
  ["ring", "status"],
  ["ring", "audit"],
  ["ring", "decide"],
  ["ring", "simulate"],
  ["ring", "alert-test"],
  ["ring", "account"],
  ["ring", "setup"],
  ["ring", "backup"],
];

describe("every command", () => {
  it.each(COMMANDS)("explains itself: %s %s", async (...name) => {
    const command = name.filter((word) => word !== undefined);
    const help = await vaultctl([...command, "--help"]);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain(`Usage: vaultctl ${command.join(" ")}`);
    expect(help.stdout).toContain("--json");
  });

  it.each(COMMANDS)("refuses an unknown option with 2 and one JSON object: %s %s", async (...name) => {
    const answer = await vaultctl([...name.filter((word) => word !== undefined), "--no-such-option", "--json"]);
    expect(answer.code).toBe(2);
    expect(answer.json).toEqual({ ok: false, error: { code: "USAGE", message: expect.any(String) } });
  });
});

describe("usage errors", () => {
  const issue = ["license", "issue", "--keys", "k", "--stick", "s", "--for", "C-1", "--out", "f"];
  it.each([
    ["nothing", []],
    ["an unknown command", ["unpack"]],
    ["a group without its command", ["license"]],
    ["a missing argument", ["ls"]],
    ["a missing option", ["pack", "film.mp4"]],
    ["text instead of a number", [...issue, "--days", "ten"]],
    ["a number out of bounds", [...issue, "--days", "0"]],
    ["a fraction", [...issue, "--days", "1.5"]],
    ["an invalid time", ["license", "check", "f", "--stick", "s", "--at", "-1"]],
    ["a customer's name", [...issue.with(7, "Ann Lee"), "--days", "1", "--passphrase-file", "p"]],
    ["an unknown ring", [...issue, "--days", "1", "--ring", "ring7"]],
    ["an invalid version", [...issue, "--days", "1", "--min-app", "one"]],
    ["neither request nor passphrase", [...issue, "--days", "1"]],
  ])("%s", async (_name, args) => {
    const answer = await runVaultctl(args);
    expect(answer.code).toBe(2);
    expect(answer.stdout).toBe("");
    expect(answer.stderr).toMatch(/^USAGE: .+\n$/);
  });
});

describe("refusals", () => {
  it("show a code and one line, without a stack trace", async () => {
    const answer = await runVaultctl(["pack", "--stick", fixture.path("nowhere"), "--keys", fixture.keys, TIDES]);
    expect(answer.code).toBe(1);
    expect(answer.stdout).toBe("");
    expect(answer.stderr).toMatch(/^NOT_FOUND: [^\n]+\n$/);
  });

  it("report missing keys", async () => {
    const args = ["pack", "--stick", fixture.stick, "--keys", fixture.path("none"), TIDES];
    expect(await refusal(args)).toBe("KEYS_MISSING");
  });

  it("report a missing video file", async () => {
    const args = ["pack", "--stick", fixture.stick, "--keys", fixture.keys, fixture.path("none.mp4")];
    expect(await refusal(args)).toBe("NOT_FOUND");
  });

  it("report a folder that is named instead of a video", async () => {
    const args = ["pack", "--stick", fixture.stick, "--keys", fixture.keys, fixture.folder];
    expect(await refusal(args)).toBe("SOURCE_UNREADABLE");
  });
});

it("keeps progress and notes off standard output", async () => {
  const stick = fixture.newStick("quiet");
  const answer = await runVaultctl(["pack", "--stick", stick, "--keys", fixture.keys, TIDES, "--json"]);
  expect(answer.json).toMatchObject({ ok: true, developmentKeys: true });
  expect(answer.stderr).toContain("development keys");
});

it("prints help as JSON with --json", async () => {
  const answer = await runVaultctl(["ls", "--help", "--json"]);
  expect(answer.code).toBe(0);
  expect(answer.json).toEqual({ ok: true, help: expect.stringContaining("Usage: vaultctl ls") });
});

it("is the script that package.json names", () => {
  const { scripts } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
    scripts: Record<string, string>;
  };
  expect(scripts["vaultctl"]).toBe("node build/bootstrap.mjs src-ops/cli/main.ts");
});
