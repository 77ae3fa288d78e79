import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const CHECKS = join(import.meta.dirname, "../../build/checks");

type Repository = {
  readonly commit: (files: Record<string, string>, message?: string) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  readonly check: (script: string) => { status: number | null; output: string };
};

function repository(): Repository {
  const root = temporaryFolder();
  const git = (...args: string[]) =>
    execFileSync(
      "git",
      ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", ...args],
      {
        cwd: root,
      },
    );
  git("init", "--quiet");
  return {
    async commit(files, message = "Change") {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(root, name)), { recursive: true });
        await writeFile(join(root, name), content);
      }
      git("add", "--all");
      git("commit", "--quiet", "--no-verify", "--message", message);
    },
    async remove(name) {
      await rm(join(root, name));
      git("commit", "--quiet", "--no-verify", "--all", "--message", "Remove");
    },
    check(script) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(CHECKS, script), root], {
        encoding: "utf8",
      });
      return { status, output: stdout + stderr };
    },
  };
}

// Written with a bar inside, which is removed before use, so that the check does not find this file itself.
const unbarred = (text: string) => text.replaceAll("¦", "");
const random = "q3VtZm9ydGFibGUtYW5kLXZlcnktbG9uZy1zdHJpbmcx";
const pem = (kind: string) => `-----B¦EGIN ${kind}PRIVATE KEY-----\n${random}\n-----END ${kind}PRIVATE KEY-----\n`;
const member = (name: string) => `{ "kty": "OKP", "${name}": "${random.slice(0, 43)}" }\n`;

describe("the secrets check", () => {
  it("finds nothing in harmless texts", async () => {
    const repo = repository();
    await repo.commit({
      "keys/issuer.json": member("x"),
      "notes.md": "A private key is never kept here. password: ask the publisher\n",
      "src/open.ts": 'const password = readLine("Password: ");\nif (password === "") throw new Error("none");\n',
      "license.json": '{ "kek": { "device": {} } }\n',
    });
    expect(repo.check("secrets.ts")).toEqual({ status: 0, output: "secrets: 8 texts, 0 findings\n" });
  });

  it.each([
    ["a PKCS#8 key", "k.txt", pem("")],
    ["an OpenSSH key", "k.txt", pem("OPENSSH ")],
    ["an RSA key inside a source", "src/k.ts", `const key = \`${pem("RSA ")}\`;\n`],
    ["a private JWK", "keys/issuer.json", member("d")],
    ["a private JWK in code", "src/k.ts", member("d").replaceAll('"', "'")],
    ["a vault key", "vault.json", member("kek")],
    ["a secret key", "x.json", member("secretKey")],
    ["a password in a source", "src/k.ts", `const smtpPassword ¦= "hunter2-and-more";\n`],
    ["a password in a setting", "mail.json", `{ "smtp": { "p¦assword": "hunter2-and-more" } }\n`],
    ["a password in a script", "run.sh", `export SMTP_P¦ASSWORD=hunter2-and-more\n`],
    ["a registry token", ".npmrc", `//example.org/:_¦authToken=abcdef\n`],
    ["an access token", "ci.yml", `token: g¦hp_${"a1".repeat(18)}\n`],
    ["an environment file", ".env", "A=1\n"],
    ["a key by its name", "keys/issuer.pem", "nothing to see\n"],
    ["a folder of private keys", "keys/private/issuer.json", "{}\n"],
  ])("finds %s", async (_name, file, content) => {
    const repo = repository();
    await repo.commit({ [file]: unbarred(content) });
    const { status, output } = repo.check("secrets.ts");
    expect(status).toBe(1);
    expect(output).toContain(`  ${file}: `);
  });

  it("finds a key that was committed once and removed again", async () => {
    const repo = repository();
    await repo.commit({ "kept.txt": "x\n", "keys/issuer.json": member("d") });
    await repo.remove("keys/issuer.json");
    const { status, output } = repo.check("secrets.ts");
    expect(status).toBe(1);
    expect(output).toContain("keys/issuer.json: the private part of a JWK");
  });

  it("finds a private key that a later version replaced by its public key", async () => {
    const repo = repository();
    await repo.commit({ "keys/issuer.json": member("d") });
    await repo.commit({ "keys/issuer.json": member("x") });
    expect(repo.check("secrets.ts").status).toBe(1);
  });
});

describe("the words check", () => {
  it("finds nothing in the product's own terms", async () => {
    const repo = repository();
    await repo.commit({
      "a.ts": "// The user agent's session asks with a prompt. See src-main/home/view.ts and ~/work/x.\n",
      "package-lock.json": `{ "resolved": "https://registry.npmjs.org/x/-/x-1.0.0.tgz" }\n`,
      "b.md": "Files lie in /home/<name>/.config and /tmp.\n",
    });
    expect(repo.check("words.ts")).toEqual({ status: 0, output: "words: 4 texts, 0 findings\n" });
  });

  it.each([
    ["a working folder", `See /w¦ork/main/README.md\n`],
    ["the folder of the superuser", `cd /r¦oot/project\n`],
    ["a home folder", `/h¦ome/alice/project\n`],
    ["a home folder on macOS", `/U¦sers/alice/project\n`],
    ["a home folder on Windows", `C:\\U¦sers\\alice\n`],
    ["a package server", `r¦egistry=https://packages.example.org/\n`],
    ["a package server on the command line", `npm install --r¦egistry https://example.org\n`],
    ["a lockfile of another server", `"r¦esolved": "https://packages.example.org/x.tgz"\n`],
    ["an address of a private network", `http://1¦0.0.0.7/feed\n`],
    ["the author", `Written by a coding a¦gent.\n`],
    ["the tool that wrote it", `Made with a large l¦anguage model.\n`],
    ["the instructions to it", `As the p¦rompt says.\n`],
  ])("finds %s", async (_name, content) => {
    const repo = repository();
    await repo.commit({ "file.md": unbarred(`first line\n${content}`) });
    const { status, output } = repo.check("words.ts");
    expect(status).toBe(1);
    expect(output).toContain("  file.md:2: ");
  });

  it("finds forbidden words in a commit message", async () => {
    const repo = repository();
    await repo.commit({ "file.md": "x\n" }, unbarred("Change\n\nSeen in /w¦ork/main."));
    const { status, output } = repo.check("words.ts");
    expect(status).toBe(1);
    expect(output).toMatch(/ {2}commit [0-9a-f]{10}:/);
  });

  it("fails if it could read nothing", async () => {
    const repo = repository();
    await repo.commit({ "binary.bin": "\0\0" }, " \u200b");
    await repo.remove("binary.bin");
    expect(repo.check("secrets.ts")).toEqual({ status: 1, output: "secrets: 0 texts, 0 findings\n" });
  });
});

describe("this repository", () => {
  it.each(["secrets.ts", "words.ts"])("passes %s", (script) => {
    const { status, stdout } = spawnSync(process.execPath, [join(CHECKS, script)], { encoding: "utf8" });
    expect(stdout).toMatch(/: [1-9]\d* texts, 0 findings\n$/);
    expect(status).toBe(0);
  });
});
