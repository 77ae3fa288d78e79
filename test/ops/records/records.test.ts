import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Device, newDevice } from "../support/device.ts";
import { openIssuingFixture } from "../support/licenses.ts";
import { type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { LIGHTHOUSE, openPackedPublisher, type PublisherFixture, TIDES } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
let publisher: ReturnType<typeof openIssuingFixture>;
let device: Device;
beforeAll(async () => {
  ({ fixture, packed } = await openPackedPublisher());
  publisher = openIssuingFixture(fixture, packed);
  device = await newDevice();
});
afterAll(() => fixture.remove());

const keys = () => ["--keys", fixture.keys];
const importTable = (text: string) => {
  const path = publisher.written("csv", text);
  return ["customer", "import", path, ...keys()];
};

describe("customers", () => {
  it("are kept apart from licenses, only their owner can read them, and an import changes only what it names", async () => {
    const first = await succeed(importTable("number;name;mail;stick\n17;Hélène;h@example.org;S1\n9;Ben;;\n"));
    expect(first).toMatchObject({ added: ["17", "9"], changed: [], unchanged: [] });
    const second = await succeed(
      importTable("number;name;mail;stick\n17;Hélène;new@example.org;S1\n9;Ben;;\n20;Zoé;;\n"),
    );
    expect(second).toMatchObject({ added: ["20"], changed: ["17"], unchanged: ["9"] });
    const { customers } = await succeed<{ customers: { number: string }[] }>(["customer", "list", ...keys()]);
    expect(customers.map(({ number }) => number)).toEqual(["9", "17", "20"]);
    expect(statSync(join(fixture.keys, "customers.json")).mode & 0o777).toBe(0o600);
    const { out } = await publisher.issue("--for", "17", "--request", publisher.request(device));
    const license = JSON.stringify(publisher.claims(out));
    for (const text of [license, readFileSync(join(fixture.keys, "register.jsonl"), "utf8")]) {
      expect(text).not.toMatch(/H\u00e9l\u00e8ne|example\.org/);
    }
  });

  it("are not changed at all by a table with a fault, and every fault is told", async () => {
    const before = readFileSync(join(fixture.keys, "customers.json"), "utf8");
    const answer = await vaultctl(importTable("number;mail\n30;ok@example.org\n31;nobody\n3 2;\n"));
    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(/line 3: mail must be .*\n.*line 4: number must/);
    expect(answer.stderr).toMatch(/CSV_INVALID: .* has 2 faults\. Nothing was stored\./);
    expect(readFileSync(join(fixture.keys, "customers.json"), "utf8")).toBe(before);
  });

  it("can be erased: only the number stays, where licenses need it", async () => {
    await succeed(importTable("number;name;mail\n40;Gone With The Wind;gone@example.org\n"));
    await publisher.issue("--for", "40", "--request", publisher.request(device));
    await succeed(["customer", "remove", "40", ...keys()]);
    const files = readdirSync(fixture.keys, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    for (const file of files) {
      expect(readFileSync(join(file.parentPath, file.name), "latin1")).not.toMatch(/Gone With|gone@/);
    }
    expect(await succeed(["show", "40", ...keys()])).toMatchObject({ customers: [], licenses: [{ sub: "40" }] });
    expect(await refusal(["customer", "remove", "40", ...keys()])).toBe("CUSTOMER_UNKNOWN");
  });

  it("are not lost silently when their file is damaged", async () => {
    const path = join(fixture.keys, "customers.json");
    const before = readFileSync(path);
    writeFileSync(path, before.subarray(0, before.length / 2));
    expect(await refusal(["customer", "list", ...keys()])).toBe("CUSTOMERS_BROKEN");
    expect(await refusal(importTable("number\n50\n"))).toBe("CUSTOMERS_BROKEN");
    expect(readFileSync(path)).toEqual(before.subarray(0, before.length / 2));
    writeFileSync(path, before);
  });
});

type Sticks = { sticks: { name: string; stickId: string; generation: number }[] };

describe("sticks", () => {
  it("get short names when they are made, and keep them when they change", async () => {
    const copy = fixture.newStick("copy");
    const copied = await succeed<{ stick: string; stickId: string }>(["stick", "copy", fixture.stick, copy, ...keys()]);
    expect(copied.stick).toBe("S2");
    const added = await succeed<Packed & { stick: string }>(["add", "--stick", copy, ...keys(), LIGHTHOUSE]);
    expect([added.stick, added.gen]).toEqual(["S2", 2]);
    const { sticks } = await succeed<Sticks>(["stick", "list", ...keys()]);
    expect(sticks.map(({ name, stickId, generation }) => [name, stickId, generation])).toEqual([
      ["S1", packed.stickId, 1],
      ["S2", copied.stickId, 2],
    ]);
    const kept = readdirSync(join(fixture.keys, "sticks", copied.stickId, "VAULT")).toSorted();
    expect(kept).toEqual(["manifest.2.jws", "manifest.2.uvv"]);
  });

  it("need not be there for a license: their content is known, and every video is checked", async () => {
    const away = fixture.newStick("away");
    const made = await succeed<Packed & { stick: string }>(["pack", "--stick", away, ...keys(), TIDES]);
    rmSync(away, { recursive: true });
    const order = ["license", "issue", "--for", "60", "--days", "1y", ...keys(), "--passphrase-file"];
    const issued = await succeed<{ out: string }>([
      ...order,
      publisher.next("txt"),
      "--stick",
      made.stick.toLowerCase(),
      "--out",
      publisher.next("uvvlic"),
    ]);
    expect(publisher.claims(issued.out).bind).toMatchObject({ stick: made.stickId });
    const wrong = [...order, publisher.next("txt"), "--out", publisher.next("uvvlic"), "--stick", made.stick];
    expect(await refusal([...wrong, "--entitle", "a".repeat(26)])).toBe("VIDEO_UNKNOWN");
    expect(await refusal([...order, publisher.next("txt"), "--out", publisher.next("l"), "--stick", "S99"])).toBe(
      "STICK_UNKNOWN",
    );
  });

  it("are refused if their records were changed by somebody else", async () => {
    const manifest = join(fixture.keys, "sticks", packed.stickId, "VAULT", "manifest.1.jws");
    const before = readFileSync(manifest, "utf8");
    writeFileSync(
      manifest,
      before.replace(/.(?=.{20}$)/, (letter) => (letter === "A" ? "B" : "A")),
    );
    const order = ["license", "issue", "--for", "61", "--days", "9", ...keys(), "--stick", "S1"];
    const files = ["--passphrase-file", publisher.next("txt"), "--out", publisher.next("uvvlic")];
    expect(await refusal([...order, ...files])).toBe("VAULT_UNTRUSTED");
    writeFileSync(manifest, before);
    const facts = join(fixture.keys, "sticks", packed.stickId, "stick.json");
    const known = readFileSync(facts, "utf8");
    writeFileSync(facts, known.replace(packed.stickId, "b".repeat(26)));
    expect(await refusal(["stick", "list", ...keys()])).toBe("STICKS_BROKEN");
    writeFileSync(facts, known);
  });

  it("are complete also if they cannot be recorded, and the command says so", async () => {
    const facts = join(fixture.keys, "sticks", packed.stickId, "stick.json");
    const known = readFileSync(facts, "utf8");
    writeFileSync(facts, "{");
    const stick = fixture.newStick("unrecorded");
    const answer = await vaultctl(["pack", "--stick", stick, ...keys(), TIDES]);
    writeFileSync(facts, known);
    expect([answer.code, answer.stderr]).toEqual([
      0,
      expect.stringMatching(/could not be added to `vaultctl stick list`/),
    ]);
    expect(existsSync(join(stick, "VAULT", "manifest.1.jws"))).toBe(true);
    // The next change of this stick records it.
    expect(await succeed(["stick", "resign", "--stick", stick, ...keys()])).toMatchObject({
      stick: expect.stringMatching(/^S\d/),
    });
  });
});

describe("show", () => {
  type Shown = {
    customers: { number: string }[];
    licenses: { lid: string; state: string }[];
    sticks: { name: string; titles: string[] }[];
    history: { what: string; lid: string }[];
  };
  const show = (what: string) => succeed<Shown>(["show", what, ...keys()]);

  it("finds a customer by number, name or mail address, with licenses, stick, titles and history", async () => {
    await succeed(importTable("number;name;mail;stick\n70;Éloïse Dupré;eloise@example.org;s1\n"));
    const request = ["--request", publisher.request(device)];
    const { lid } = await publisher.issue("--for", "70", ...request);
    await succeed(publisher.command("renew", "70", "--extend", "1y", "--out-dir", fixture.path("shown")));
    await succeed(publisher.command("revoke", "70"));
    await publisher.issue("--for", "71", ...request);
    await succeed(publisher.command("revoke", "71"));
    for (const query of ["70", "eloise dupre", "DUPRÉ", "Eloise@Example.org", lid]) {
      const { customers, licenses, sticks, history } = await show(query);
      expect(customers.map(({ number }) => number)).toEqual(["70"]);
      expect(licenses).toMatchObject([{ lid, state: "revoked" }]);
      expect(sticks).toMatchObject([{ name: "S1", titles: [expect.any(String)] }]);
      expect(history.map((one) => one.what)).toEqual(["license", "renewal", "revocation"]);
    }
    const { stdout } = await vaultctl(["show", "70", ...keys()]);
    expect(stdout).toMatch(
      /^Customer 70, Éloïse Dupré, <eloise@example.org>, stick S1\nLicense \d+ \([a-z2-7]{26}\) for 70: revoked/,
    );
    expect(stdout).toMatch(/Z {2}revoked: [a-z2-7]{26}, number 1\n|Z {2}revoked:/);
  });

  it("finds a stick by its name or id, with the licenses for it", async () => {
    for (const query of ["S1", "s1", packed.stickId]) {
      const { licenses, sticks } = await show(query);
      expect(sticks.map(({ name }) => name)).toEqual(["S1"]);
      expect(licenses.length).toBeGreaterThan(2);
    }
  });

  it("says so if nothing is known", async () => {
    expect(await refusal(["show", "nobody", ...keys()])).toBe("NOTHING_FOUND");
    // One letter would match nearly every name.
    expect(await refusal(["show", "e", ...keys()])).toBe("NOTHING_FOUND");
  });
});
