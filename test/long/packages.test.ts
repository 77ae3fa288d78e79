import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { FuseState, FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { beforeAll, describe, expect, it } from "vitest";
import { makePackages } from "../../build/dist.ts";
import { screenshotPath } from "../e2e/launch.ts";
import { packStick } from "../e2e/publisher.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import { installPackage, removePackage, startInstalled, untilLogged } from "./installed-app.ts";

// The packages as users get them: with fuses, from the ASAR, installed by dpkg. Playwright cannot drive them (the fuses
// block what it needs), so the test uses the log and a picture of the screen.
const VERSION = "0.1.7";
const folder = suiteFolder();
const dist = () => join(folder(), "dist");
let published: ReturnType<typeof packStick>;

beforeAll(async () => {
  published = packStick(folder(), ["harbour.mp4"]);
  await makePackages({ profile: published.trust, version: VERSION, outFolder: dist() });
}, 300_000);

/** Every fuse of Electron: a new one is a type error here, or a difference in the executable, until it is decided. */
const FUSES: Readonly<Record<keyof typeof FuseV1Options, keyof typeof FuseState>> = {
  RunAsNode: "DISABLE",
  EnableCookieEncryption: "ENABLE",
  EnableNodeOptionsEnvironmentVariable: "DISABLE",
  EnableNodeCliInspectArguments: "DISABLE",
  EnableEmbeddedAsarIntegrityValidation: "ENABLE",
  OnlyLoadAppFromAsar: "ENABLE",
  LoadBrowserProcessSpecificV8Snapshot: "DISABLE",
  GrantFileProtocolExtraPrivileges: "DISABLE",
  // How WebAssembly's limits are checked: faster with it, the same result without.
  WasmTrapHandlers: "ENABLE",
};

const unpacked = () => join(dist(), "linux-unpacked", "usb-video-vault");

describe.each([
  ["Linux", unpacked],
  ["Windows", () => join(dist(), "win-unpacked", "USB Video Vault.exe")],
])("the executable for %s", (_name, executable) => {
  it(`has ${Object.keys(FUSES).length} of ${Object.keys(FUSES).length} fuses as decided, and no other`, async () => {
    const { version: _version, ...wire } = await getCurrentFuseWire(executable());
    const states = Object.entries(wire) as [string, FuseState][];
    const names = states.map(([fuse, state]) => [FuseV1Options[Number(fuse)] ?? fuse, FuseState[state]]);
    expect(Object.fromEntries(names)).toEqual(FUSES);
  });
});

it("does not run as Node, even if the environment asks for it", () => {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
  const run = spawnSync(unpacked(), ["--no-sandbox", "-p", "6 * 7"], { env, encoding: "utf8", timeout: 5_000 });
  expect(run.stdout).not.toContain("42");
});

it("contains only what it needs to run: no source, no map, no key, no other platform's binary", () => {
  const asar = readFileSync(join(dist(), "linux-unpacked", "resources", "app.asar"));
  const header = JSON.parse(asar.subarray(16, 16 + asar.readUInt32LE(12)).toString("utf8")) as Entry;
  const names = namesIn(header);
  expect(names).toContain("/out/main/main.js");
  expect(names).toContain("/node_modules/keytar/prebuilds/linux-x64/keytar.node");
  expect(names.filter((name) => /\.(ts|tsx|map|jwk|json5)$|src-|private|win32|darwin/.test(name))).toEqual([]);
  expect(readdirSync(join(dist(), "linux-unpacked", "resources"))).not.toContain("default_app.asar");
});

type Entry = { readonly files?: Record<string, Entry> };
function namesIn(entry: Entry, path = ""): string[] {
  return entry.files
    ? Object.entries(entry.files).flatMap(([name, inner]) => namesIn(inner, `${path}/${name}`))
    : [path];
}

it("has correct checksums, and a bill of materials that lists what is bundled", () => {
  expect(spawnSync("sha256sum", ["--check", "SHA256SUMS"], { cwd: dist() }).status).toBe(0);
  const lines = readFileSync(join(dist(), "SHA256SUMS"), "utf8").trimEnd().split("\n");
  expect(lines.map((line) => line.split("  ")[1])).toEqual([
    `usb-video-vault-${VERSION}-linux-x64.tar.gz`,
    `usb-video-vault_${VERSION}_amd64.deb`,
    `usb-video-vault-${VERSION}-win-x64.zip`,
    `vaultctl-${VERSION}.tgz`,
    `usb-video-vault-ring-server_${VERSION}_amd64.deb`,
    `usb-video-vault-${VERSION}.cdx.json`,
  ]);
  const bom = JSON.parse(readFileSync(join(dist(), `usb-video-vault-${VERSION}.cdx.json`), "utf8")) as {
    bomFormat: string;
    components: { name: string; version: string }[];
  };
  expect(bom.bomFormat).toBe("CycloneDX");
  const names = bom.components.map(({ name }) => name);
  for (const name of ["electron", "react", "tweetnacl", "keytar", "valibot", "@fontsource-variable/inter"])
    expect(names).toContain(name);
  expect(names).not.toContain("vitest");
});

it("has the program, its ASAR and the keychain's binary in the zip for Windows", () => {
  const listed = execFileSync(
    "python3",
    ["-m", "zipfile", "-l", join(dist(), `usb-video-vault-${VERSION}-win-x64.zip`)],
    {
      encoding: "utf8",
    },
  );
  for (const name of ["USB Video Vault.exe", "resources/app.asar", "prebuilds/win32-x64/keytar.node"])
    expect(listed).toContain(name);
});

describe.skipIf(process.getuid?.() !== 0)("installed by dpkg (only root may)", () => {
  beforeAll(() => {
    const deb = join(dist(), `usb-video-vault_${VERSION}_amd64.deb`);
    installPackage(deb);
    return removePackage;
  }, 120_000);

  it("opens licenses and license links", () => {
    const desktop = readFileSync("/usr/share/applications/usb-video-vault.desktop", "utf8");
    expect(desktop).toContain("x-scheme-handler/usb-video-vault;");
    expect(desktop).toContain("application/x-usb-video-vault-license;");
    expect(desktop).toContain("application/x-usb-video-vault-content;");
    expect(readFileSync("/usr/share/mime/globs", "utf8")).toContain("application/x-usb-video-vault-license:*.uvvlic");
    expect(readFileSync("/usr/share/mime/globs", "utf8")).toContain("application/x-usb-video-vault-content:*.uvvpack");
    expect(existsSync("/usr/bin/usb-video-vault")).toBe(true);
    expect(execFileSync("stat", ["-c", "%a %U", "/opt/usb-video-vault/chrome-sandbox"], { encoding: "utf8" })).toBe(
      "4755 root\n",
    );
  });

  it("has the helper that installs updates: only root can change it, and polkit always asks an administrator", () => {
    const helper = "/usr/libexec/usb-video-vault/install-update";
    expect(execFileSync("stat", ["-c", "%a %U:%G", helper], { encoding: "utf8" })).toBe("755 root:root\n");
    expect(spawnSync(helper, ["--force-all"], { encoding: "utf8" })).toMatchObject({ status: 64, stdout: "" });
    const policy = readFileSync("/usr/share/polkit-1/actions/app.usbvideovault.install-update.policy", "utf8");
    expect(policy).toContain(`<annotate key="org.freedesktop.policykit.exec.path">${helper}</annotate>`);
    expect([...policy.matchAll(/<allow_\w+>(.*)<\/allow_\w+>/g)].map((match) => match[1])).toEqual([
      "auth_admin",
      "auth_admin",
      "auth_admin",
    ]);
    expect(policy).toContain('<message xml:lang="fr">L’installation d’une mise à jour');
  });

  it("starts, finds the stick and asks for its license", async () => {
    const userData = join(folder(), "profile");
    const app = startInstalled(userData, ["--vault", published.stick]);
    const log = await untilLogged(userData, "app.started");
    expect(log).toContain(`"version":"${VERSION}"`);
    expect(log).not.toContain("ERROR");
    await setTimeout(2_000);
    photograph("installed-deb");
    app.kill("SIGTERM");
    await once(app, "exit");
  });

  it("refuses to be inspected", async () => {
    const userData = join(folder(), "inspected");
    const app = startInstalled(userData, ["--inspect=0"]);
    let stderr = "";
    app.stderr?.on("data", (text: Buffer) => (stderr += text.toString()));
    await untilLogged(userData, "app.started");
    expect(stderr).not.toContain("Debugger listening");
    app.kill("SIGTERM");
    await once(app, "exit");
  });
});

/** Takes a picture of the whole screen; fails if it has only one colour. */
function photograph(name: string): void {
  const path = screenshotPath(name);
  mkdirSync(join(path, ".."), { recursive: true });
  const display = process.env["DISPLAY"] ?? "";
  const grab = [
    "-y",
    "-loglevel",
    "error",
    "-f",
    "x11grab",
    "-video_size",
    "1920x1080",
    "-i",
    display,
    "-frames:v",
    "1",
  ];
  execFileSync("ffmpeg", [...grab, path]);
  // A picture of one colour compresses to a few kilobytes; a picture with text and shapes does not.
  expect(readFileSync(path).length).toBeGreaterThan(20_000);
}
