import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  filesUnder,
  openPackedPublisher,
  type PublisherFixture,
  snapshot,
  TIDES,
} from "../support/publisher-fixture.ts";
import { makeLockCheap } from "../support/cheap-lock.ts";
import { type Answer, refusal, runVaultctl, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const PASSWORD = "seven harbour lights at noon";
let fixture: PublisherFixture;
let password: string;
/** A copy of the fixture's key folder, with a password. */
let sealed: string;

beforeAll(async () => {
  ({ fixture } = await openPackedPublisher());
  password = passwordFile("password", `${PASSWORD}\n`);
  sealed = copyOfKeys("sealed");
  await succeed(["keys", "protect", "--keys", sealed, "--password-file", password]);
  await makeLockCheap(PASSWORD, join(sealed, "private"));
});
afterAll(() => fixture.remove());

function passwordFile(name: string, content: string, mode = 0o600): string {
  const path = fixture.path(name);
  writeFileSync(path, content, { mode });
  chmodSync(path, mode);
  return path;
}

function copyOfKeys(name: string, from = fixture.keys): string {
  cpSync(from, fixture.path(name), { recursive: true });
  return fixture.path(name);
}

/** Every private key of a folder without a password, in each spelling in which it could be found. */
function secretsOf(keys: string): readonly Buffer[] {
  const texts = filesUnder(join(keys, "private")).map((name) => readFileSync(join(keys, "private", name), "utf8"));
  const keysIn = texts.flatMap((text) =>
    [...text.matchAll(/"(?:d|kek)": ?"([A-Za-z0-9_-]{43})"/g)].map(([, key]) => key!),
  );
  return keysIn.flatMap((key) => {
    const bytes = Buffer.from(key, "base64url");
    return [bytes, Buffer.from(key), Buffer.from(bytes.toString("hex")), Buffer.from(bytes.toString("base64"))];
  });
}

function leaksIn(folder: string, secrets: readonly Buffer[]): readonly string[] {
  return filesUnder(folder).filter((name) =>
    secrets.some((secret) => readFileSync(join(folder, name)).includes(secret)),
  );
}

const codeOf = ({ json }: Answer) => (json as { error?: { code: string } } | undefined)?.error?.code ?? "ok";
const check = (keys: string, file: string) =>
  vaultctl(["keys", "check", "--keys", keys, "--password-file", file, "--json"]);

describe("vaultctl init --password", () => {
  it("seals every private key and both copies of the parent key", async () => {
    const [keys, a, b] = [fixture.path("new"), fixture.path("safe-a"), fixture.path("safe-b")];
    const env = { XDG_CONFIG_HOME: fixture.path("config"), HOME: fixture.folder };
    const parents = ["--parent-to", a, "--parent-to", b];
    const made = await runVaultctl(
      ["init", keys, "--password", "--password-file", password, ...parents, "--json"],
      env,
    );
    expect(made.json).toMatchObject({ ok: true, password: true, dev: false });
    const all = [keys, a, b].flatMap((folder) =>
      filesUnder(folder).map((name) => readFileSync(join(folder, name), "utf8")),
    );
    expect(all.filter((text) => /"d":|"kek"/.test(text))).toEqual([]);
    const options = ["--keys", keys, "--password-file", password];
    const checked = await succeed<{ keys: unknown[] }>(["keys", "check", "--parent", a, ...options]);
    expect(checked).toMatchObject({ sealed: true });
    expect(checked.keys).toHaveLength(5);
    expect(readdirSync(b).toSorted()).toEqual(["key-manifest.jwk.json", "password.json"]);
    for (const file of readdirSync(b)) expect(statSync(join(b, file)).mode & 0o077).toBe(0);
    await succeed(["keys", "rotate", "--role", "license-issuer", "--keep-old", "--parent", b, ...options]);
    expect(readFileSync(join(keys, "private", "license-issuer.2.jwk.json"), "utf8")).not.toContain('"d"');
    await succeed(["keys", "new-parent", ...options]);
    expect(await succeed(["keys", "check", "--parent", join(keys, "private", "offline"), ...options])).toMatchObject({
      ok: true,
    });
  });

  it("makes nothing without a terminal or a file, with a poor password, or for development keys", async () => {
    const keys = fixture.path("none");
    const init = ["keys", "init", "--dir", keys, "--password"];
    expect(await refusal(init)).toBe("PASSWORD_MISSING");
    const poor = ["eleven char\n", "a tab\tinside it\n", `${"x".repeat(1_025)}\n`];
    for (const [index, content] of poor.entries()) {
      expect(await refusal([...init, "--password-file", passwordFile(`poor-${index}`, content)]), content).toBe(
        "PASSWORD_UNFIT",
      );
    }
    expect(await refusal([...init, "--dev", "--password-file", password])).toBe("USAGE");
    expect(existsSync(keys)).toBe(false);
  });

  it("says that keys without a password have none", async () => {
    const made = await vaultctl(["keys", "init", "--dir", fixture.path("open")]);
    expect(made.stderr).toContain("`vaultctl keys protect`");
  });
});

describe("a key folder with a password", () => {
  it("packs, issues, revokes and verifies as before, and no private key is in it or printed", async () => {
    const keys = copyOfKeys("daily", sealed);
    const [stick, options] = [fixture.newStick("daily-stick"), ["--keys", keys, "--password-file", password, "--json"]];
    const out = ["--passphrase-file", fixture.path("daily.txt"), "--days", "9", "--out", fixture.path("daily.uvvlic")];
    const answers = [
      await vaultctl(["pack", "--stick", stick, TIDES, ...options]),
      await vaultctl(["license", "issue", "--stick", stick, "--for", "C-1", ...out, ...options]),
      await vaultctl(["license", "revoke", "C-1", ...options]),
      await vaultctl(["license", "audit", ...options]),
      await vaultctl(["ls", stick, ...options]),
    ];
    expect(answers.map(codeOf)).toEqual(["ok", "ok", "ok", "ok", "ok"]);
    expect(answers[4]?.stdout).toContain("Tides");
    const secrets = secretsOf(fixture.keys);
    expect(secrets.length).toBeGreaterThan(20);
    expect(leaksIn(fixture.keys, secrets)).not.toEqual([]);
    expect(leaksIn(keys, secrets)).toEqual([]);
    expect(secretsOf(keys)).toEqual([]);
    const printed = Buffer.from(answers.map(({ stdout, stderr }) => stdout + stderr).join(""));
    expect(secrets.filter((secret) => printed.includes(secret))).toEqual([]);
    expect(printed.includes(PASSWORD)).toBe(false);
  });

  it("changes nothing on a wrong password, and says what to do", async () => {
    const before = snapshot(sealed);
    const wrong = passwordFile("wrong", "eight harbour lights at noon\n");
    const stick = fixture.newStick("wrong-stick");
    const answer = await vaultctl(["pack", "--stick", stick, "--keys", sealed, "--password-file", wrong, TIDES]);
    expect(answer).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^PASSWORD_WRONG: [^\n]*try again[^\n]*\n$/),
    });
    expect(await refusal(["pack", "--stick", stick, "--keys", sealed, TIDES])).toBe("PASSWORD_MISSING");
    expect(readdirSync(stick)).toEqual([]);
    expect(snapshot(sealed)).toEqual(before);
  });

  it("needs no password for what needs no private key", async () => {
    for (const command of [
      ["license", "audit"],
      ["license", "list"],
      ["stick", "list"],
      ["customer", "list"],
    ]) {
      expect(codeOf(await vaultctl([...command, "--keys", sealed, "--json"])), command.join(" ")).toBe("ok");
    }
  });

  it("takes the name of the password file from the environment, too", async () => {
    await succeed(["keys", "check", "--keys", sealed], { VAULTCTL_PASSWORD_FILE: password });
  });

  it.each([
    ["two keys", "license-issuer.jwk.json", "revocation-list.jwk.json"],
    ["a key and the key of a vault", "license-issuer.jwk.json", "vaults"],
  ])("refuses %s in the place of each other", async (_what, one, other) => {
    const keys = copyOfKeys(`exchanged-${other}`, sealed);
    const path = (name: string) =>
      join(keys, "private", name, ...(name === "vaults" ? readdirSync(join(keys, "private", name)) : []));
    const [first, second] = [readFileSync(path(one)), readFileSync(path(other))];
    writeFileSync(path(one), second);
    writeFileSync(path(other), first);
    expect(codeOf(await check(keys, password))).toBe("KEYS_BROKEN");
    // Also if the name inside is changed to the expected one: it is authenticated.
    const kidOf = (bytes: Buffer) => (JSON.parse(bytes.toString()) as { kid: string }).kid;
    writeFileSync(path(one), second.toString().replace(kidOf(second), kidOf(first)));
    expect(codeOf(await check(keys, password))).toBe("KEYS_BROKEN");
    const stick = fixture.newStick(`exchanged-stick-${other}`);
    if (other === "vaults")
      expect(codeOf(await vaultctl(["ls", fixture.stick, "--keys", keys, "--password-file", password, "--json"]))).toBe(
        "KEYS_BROKEN",
      );
    expect(readdirSync(stick)).toEqual([]);
  });

  it.each([
    ["too cheap", { n: 2 ** 14, r: 8, p: 1 }],
    ["too expensive", { n: 2 ** 21, r: 8, p: 1 }],
    ["no power of two", { n: 100_000, r: 8, p: 1 }],
    ["another block size", { n: 2 ** 17, r: 1, p: 8 }],
    ["too parallel", { n: 2 ** 17, r: 8, p: 5 }],
    ["a fraction", { n: 131_072.5, r: 8, p: 1 }],
  ])("refuses a lock whose cost is %s, before it computes anything", async (_what, scrypt) => {
    const keys = copyOfKeys(`cost-${_what}`, sealed);
    const lock = join(keys, "private", "password.json");
    writeFileSync(lock, JSON.stringify({ ...(JSON.parse(readFileSync(lock, "utf8")) as object), scrypt }));
    const [answer, startMs] = [check(keys, password), performance.now()];
    expect(codeOf(await answer)).toBe("KEYS_BROKEN");
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it("is not open if its lock is damaged or removed, or if a key in it is not sealed", async () => {
    const keys = copyOfKeys("no-lock", sealed);
    const lock = join(keys, "private", "password.json");
    const bytes = readFileSync(lock);
    writeFileSync(lock, "{}");
    expect(codeOf(await check(keys, password))).toBe("KEYS_BROKEN");
    rmSync(lock);
    expect(codeOf(await check(keys, password))).toBe("KEYS_BROKEN");
    writeFileSync(lock, bytes);
    cpSync(
      join(fixture.keys, "private", "vault-publisher.jwk.json"),
      join(keys, "private", "vault-publisher.jwk.json"),
    );
    expect(codeOf(await check(keys, password))).toBe("KEYS_UNPROTECTED");
  });
});

describe("a password file", () => {
  const composed = "caf\u00e9 du port \u00e0 midi";
  it.each([
    ["ends with a line end of Windows", `${PASSWORD}\r\n`, "ok"],
    ["has no line end", PASSWORD, "ok"],
    ["has a byte order mark", `\uFEFF${PASSWORD}\n`, "ok"],
    ["has a second line", `${PASSWORD}\n\n`, "PASSWORD_UNFIT"],
    ["is empty", "\n", "PASSWORD_UNFIT"],
    ["has a space at the end, which counts", `${PASSWORD} \n`, "PASSWORD_WRONG"],
  ])("that %s", async (name, content, code) => {
    expect(codeOf(await check(sealed, passwordFile(name, content)))).toBe(code);
  });

  it("is refused if others can read it, in the key folder, or if it is not there", async () => {
    expect(codeOf(await check(sealed, passwordFile("shared", PASSWORD, 0o640)))).toBe("PASSWORD_UNFIT");
    writeFileSync(join(sealed, "note"), PASSWORD, { mode: 0o600 });
    expect(codeOf(await check(sealed, join(sealed, "note")))).toBe("PASSWORD_UNFIT");
    expect(codeOf(await check(sealed, fixture.path("nowhere")))).toBe("PASSWORD_MISSING");
  });

  it("opens whatever way its accents are composed", async () => {
    const keys = copyOfKeys("accents");
    const protect = ["keys", "protect", "--keys", keys, "--password-file"];
    await succeed([...protect, passwordFile("decomposed", composed.normalize("NFD"))]);
    expect(codeOf(await check(keys, passwordFile("composed", composed)))).toBe("ok");
  });
});

describe("vaultctl keys protect", () => {
  it("seals copies of the parent key elsewhere, finishes what is missing, and then has nothing to do", async () => {
    const [keys, safe] = [copyOfKeys("parents"), fixture.path("safe")];
    cpSync(join(keys, "private", "offline"), safe, { recursive: true });
    writeFileSync(
      join(keys, "private", ".license-issuer.2.jwk.json.abcd.tmp"),
      readFileSync(join(safe, "key-manifest.jwk.json")),
    );
    const secrets = secretsOf(keys);
    const protect = ["keys", "protect", "--keys", keys, "--password-file", password];
    expect(await succeed<{ sealed: string[] }>(protect)).toMatchObject({ sealed: { length: 6 } });
    expect(await succeed([...protect, "--parent", safe])).toMatchObject({
      sealed: [join(safe, "key-manifest.jwk.json")],
    });
    expect(await succeed([...protect, "--parent", safe])).toMatchObject({ sealed: [] });
    expect([...leaksIn(keys, secrets), ...leaksIn(safe, secrets)]).toEqual([]);
    await succeed(["keys", "check", "--keys", keys, "--parent", safe, "--password-file", password]);
    // The lock beside the copy opens it: the key folder may be an older backup, which has none.
    await succeed(["keys", "check", "--keys", fixture.keys, "--parent", safe, "--password-file", password]);
    expect(await refusal([...protect, "--parent", fixture.path("not-there")])).toBe("NOT_FOUND");
  });

  it("changes nothing if one file is damaged", async () => {
    const keys = copyOfKeys("damaged");
    writeFileSync(join(keys, "private", "vault-publisher.jwk.json"), "{");
    const before = snapshot(keys);
    expect(await refusal(["keys", "protect", "--keys", keys, "--password-file", password])).toBe("KEYS_BROKEN");
    expect(snapshot(keys)).toEqual(before);
  });
});
