import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { enrolmentIn } from "../../../src-shared/telemetry/index.ts";
import { type Device, newDevice } from "../support/device.ts";
import { type Issued, openIssuingFixture } from "../support/licenses.ts";
import { type Packed, refusal, succeed } from "../support/vaultctl.ts";
import { openPackedPublisher, trustRootsOf, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Enrolled = Issued & { pid: string | null };

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

const enrol = (...rest: string[]) =>
  publisher.issue("--request", publisher.request(device), "--ring", "ring1", "--enrol", ...rest) as Promise<Enrolled>;
const renew = (lid: string, ...rest: string[]) =>
  succeed<Enrolled>(publisher.command("renew", lid, "--days", "60", ...rest, "--out", publisher.next("uvvlic")));

const lastEntry = () => publisher.entries().at(-1) as unknown as Record<string, Record<string, unknown> | undefined>;

/** The claims of the enrolment in a license file, as the computer with this id reads it. */
function readBy(id: string, file: string) {
  const { iat } = publisher.claims(file);
  const read = enrolmentIn(readFileSync(file, "utf8"), trustRootsOf(fixture), { now: iat, device: id });
  return read.ok ? read.value.claims : read.error;
}

describe("an enrolment", () => {
  it("is in the license file, signed by its own key, for the same computer, ring and time", async () => {
    const license = await enrol("--grace-days", "3");
    const { ring, exp, grace, bind, iat } = publisher.claims(license.out);
    expect(readBy(device.id, license.out)).toEqual({
      v: 1,
      pid: license.pid,
      ring,
      device: bind.mode === "stick" ? "" : bind.device,
      ed25519: lastEntry()["device"]?.["ed25519"],
      iat,
      exp: exp + grace,
    });
    expect(license.pid).toMatch(/^[a-z2-7]{26}$/);
    expect(readBy((await newDevice()).id, license.out)).toBe("WRONG_DEVICE");
  });

  it("is entered in the register with the license, and listed", async () => {
    const license = await enrol();
    const entry = publisher.entries().at(-1);
    expect(entry).toMatchObject({ lid: license.lid, enrolment: { pid: license.pid, exp: license.exp } });
    const kid = lastEntry()["enrolment"]?.["kid"];
    expect(kid).toMatch(/^enr-/);
    const { licenses } = await succeed<{ licenses: Enrolled[] }>(publisher.command("list"));
    expect(licenses.find(({ lid }) => lid === license.lid)?.pid).toBe(license.pid);
    expect((await publisher.audit()).code).toBe(0);
  });

  it("is absent without --enrol", async () => {
    const license = (await publisher.issue("--request", publisher.request(device))) as Enrolled;
    expect(license.pid).toBeNull();
    expect(readBy(device.id, license.out)).toBe("MISSING");
    expect(publisher.entries().at(-1)).not.toHaveProperty("enrolment");
  });

  it("keeps its pseudonym in renewals for the same computer, and gets a new one for another computer", async () => {
    const first = await enrol();
    const second = await renew(first.lid, "--ring", "ring0");
    expect(second.pid).toBe(first.pid);
    expect(readBy(device.id, second.out)).toMatchObject({ pid: first.pid, ring: "ring0" });
    const other = await newDevice();
    const moved = await succeed<Enrolled>(
      publisher.command(
        "transfer",
        first.lid,
        "--without-return",
        "--request",
        publisher.request(other),
        "--out",
        publisher.next("uvvlic"),
      ),
    );
    expect(moved.pid).not.toBe(first.pid);
    expect(readBy(other.id, moved.out)).toMatchObject({ pid: moved.pid });
  });

  it("can be added by a renewal", async () => {
    const plain = await publisher.issue("--request", publisher.request(device));
    const renewed = await renew(plain.lid, "--enrol");
    expect(readBy(device.id, renewed.out)).toMatchObject({ pid: renewed.pid });
  });

  it("is refused for a license for any computer", async () => {
    const [out, secret] = [publisher.next("uvvlic"), publisher.next("txt")];
    const words = ["--keys", fixture.keys, "--stick", fixture.stick, "--for", "C-0042", "--days", "30", "--out", out];
    expect(await refusal(["license", "issue", ...words, "--passphrase-file", secret, "--enrol"])).toBe("USAGE");
  });

  it("is restored from the license files if the register is lost", async () => {
    const license = await enrol();
    const keys = fixture.path("lost");
    cpSync(fixture.keys, keys, { recursive: true });
    for (const name of ["register.jsonl", "register.head"]) rmSync(join(keys, name));
    await succeed(["license", "restore", license.out, "--keys", keys, "--first-seq", "5000"]);
    const lines = readFileSync(join(keys, "register.jsonl"), "utf8").trimEnd().split("\n");
    const entries = lines.map((line) => (JSON.parse(line) as { entry: Record<string, unknown> }).entry);
    expect(entries.find(({ kind }) => kind === "restored")).toMatchObject({ enrolment: { pid: license.pid } });
  });
});
