import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openPackedPublisher, type PublisherFixture, sha256, snapshot } from "../support/publisher-fixture.ts";
import { refusal, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const OLD = ["usb-video-vault-0.1.0-win-x64.zip", "usb-video-vault_0.1.0_amd64.deb"];
const NEW = ["usb-video-vault-0.2.0-linux-x64.tar.gz", "usb-video-vault-0.2.0-win-x64.zip"];
const OTHERS = [
  "SHA256SUMS",
  "usb-video-vault-0.1.0.cdx.json",
  "usb-video-vault-ring-server_0.1.0_amd64.deb",
  "vaultctl-0.1.0.tgz",
];

let fixture: PublisherFixture;
let dist: string;
beforeEach(async () => {
  ({ fixture } = await openPackedPublisher());
  dist = folderWith("dist", [...OLD, ...OTHERS]);
});
afterEach(() => fixture.remove());

function folderWith(name: string, files: readonly string[]): string {
  const folder = fixture.path(name);
  mkdirSync(folder);
  for (const file of files) writeFileSync(join(folder, file), `${file} `.repeat(50_000));
  return folder;
}

type Put = { version: string; files: { name: string }[]; written: string[] };
type Verified = { app: { version: string } | null; faults: { path: string; fault: string }[]; extras: string[] };

const put = (from = dist, stick = fixture.stick) => {
  return ["stick", "player", "--keys", fixture.keys, "--stick", stick, "--from", from];
};
const onStick = (...names: string[]) => join(fixture.stick, "APP", ...names);
const verify = async (stick = fixture.stick) => {
  const { json } = await vaultctl(["verify", stick, "--trust", fixture.trust, "--json"]);
  return { ...(json as Verified), ...(json as { error?: Partial<Verified> }).error };
};

describe("vaultctl stick player", () => {
  it("puts the app's packages on the stick, and nothing else of the folder; a second run writes nothing", async () => {
    expect(await succeed<Put>(put())).toMatchObject({ version: "0.1.0", written: OLD });
    expect(readdirSync(onStick()).toSorted()).toEqual(["packages.jws", ...OLD].toSorted());
    for (const name of OLD) expect(readFileSync(onStick(name))).toEqual(readFileSync(join(dist, name)));
    expect(await verify()).toMatchObject({ ok: true, app: { version: "0.1.0" }, faults: [], extras: [] });
    expect(await succeed<Put>(put())).toMatchObject({ version: "0.1.0", written: [] });
  });

  it("refuses a package that is not the one in SHA256SUMS, for example half of it, before anything is written", async () => {
    const sums = OLD.map((name) => `${sha256(readFileSync(join(dist, name)))}  ${name}\n`).join("");
    writeFileSync(join(dist, "SHA256SUMS"), `${sums}${"0".repeat(64)}  usb-video-vault-0.1.0.cdx.json\n`);
    truncateSync(join(dist, OLD[1] as string), 1000);
    expect(await refusal(put())).toBe("PACKAGE_CHANGED");
    expect(existsSync(onStick())).toBe(false);
    writeFileSync(join(dist, OLD[1] as string), `${OLD[1]} `.repeat(50_000));
    expect(await succeed<Put>(put())).toMatchObject({ written: OLD });
  });

  it("explains the packages that are there, in both languages, with line ends that Windows needs", async () => {
    await succeed(put());
    const text = readFileSync(join(fixture.stick, "USB Video Vault.txt"), "utf8");
    expect(text.startsWith("\uFEFFUSB Video Vault\r\n")).toBe(true);
    for (const name of OLD) expect(text.split(name).length).toBeGreaterThan(2);
    expect(text).toContain("Déposez sur sa fenêtre le fichier de licence");
    expect(text).not.toMatch(/macOS|Fedora/);
    expect(text.replaceAll("\r\n", "")).not.toContain("\n");
  });

  it("replaces the packages of another version, and leaves what somebody else put there", async () => {
    await succeed(put());
    writeFileSync(onStick("my notes.txt"), "mine");
    expect(await succeed<Put>(put(folderWith("dist-2", NEW)))).toMatchObject({ version: "0.2.0", written: NEW });
    expect(readdirSync(onStick()).toSorted()).toEqual(["my notes.txt", "packages.jws", ...NEW].toSorted());
    expect(await verify()).toMatchObject({ ok: true, app: { version: "0.2.0" }, extras: ["APP/my notes.txt"] });
  });

  it("refuses a folder without packages, one with two versions, and a stick without a vault", async () => {
    expect(await refusal(put(folderWith("empty", OTHERS)))).toBe("NOT_FOUND");
    expect(await refusal(put(folderWith("both", [...OLD, ...NEW])))).toBe("USAGE");
    expect(await refusal(put(dist, fixture.newStick("blank")))).toBe("NO_VAULT");
    expect(await refusal(put(fixture.path("nowhere")))).toBe("NOT_FOUND");
    expect(existsSync(onStick())).toBe(false);
  });

  it("follows no link on the stick, neither for the folder nor for a package", async () => {
    const mine = folderWith("mine", ["precious"]);
    const before = snapshot(mine);
    symlinkSync(mine, onStick());
    expect(await refusal(put())).toBe("LINK_REFUSED");
    expect((await verify()).faults).toEqual([{ path: "APP", fault: "UNTRUSTED" }]);
    rmSync(onStick());
    mkdirSync(onStick());
    symlinkSync(join(mine, "precious"), onStick(OLD[0]!));
    await succeed(put());
    expect(snapshot(mine)).toEqual(before);
    expect(await verify()).toMatchObject({ ok: true, faults: [] });
  });
});

describe("vaultctl verify", () => {
  it("finds a changed, a lost and an exchanged package, and a list that nobody trusted has signed", async () => {
    await succeed(put());
    const [zip, deb] = [onStick(OLD[0]!), onStick(OLD[1]!)];
    const bytes = readFileSync(zip);
    writeFileSync(zip, Buffer.concat([bytes.subarray(0, -1), Buffer.from("!")]));
    expect((await verify()).faults).toEqual([{ path: `APP/${OLD[0]}`, fault: "CONTENT" }]);
    writeFileSync(zip, bytes);
    renameSync(deb, `${deb}.away`);
    expect((await verify()).faults).toEqual([{ path: `APP/${OLD[1]}`, fault: "MISSING" }]);
    renameSync(`${deb}.away`, deb);
    const list = onStick("packages.jws");
    const [header, claims, signature] = readFileSync(list, "utf8").split(".");
    const text = Buffer.from(claims!, "base64url").toString().replaceAll("0.1.0", "0.1.1");
    writeFileSync(list, [header, Buffer.from(text).toString("base64url"), signature].join("."));
    expect(await verify()).toMatchObject({ ok: false, faults: [{ path: "APP/packages.jws", fault: "UNTRUSTED" }] });
    rmSync(list);
    expect(await verify()).toMatchObject({ ok: false, faults: [{ path: "APP/packages.jws", fault: "UNTRUSTED" }] });
  });
});

describe("vaultctl stick produce --with-app", () => {
  it("makes sticks with the app, and puts it on those that an earlier run has made", async () => {
    const [one, two] = [fixture.newStick("one"), fixture.newStick("two")];
    const produce = ["stick", "produce", "--keys", fixture.keys, "--master", fixture.stick];
    await succeed([...produce, one]);
    const made = await succeed<{ sticks: { state: string }[] }>([...produce, "--with-app", dist, one, two]);
    expect(made.sticks.map(({ state }) => state)).toEqual(["known", "made"]);
    for (const stick of [one, two]) expect(await verify(stick)).toMatchObject({ ok: true, app: { version: "0.1.0" } });
  });
});
