import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WATERMARK_ID_LETTERS, watermarkOf } from "../../../src-shared/watermark.ts";
import { openIssuingFixture } from "../support/licenses.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import {
  LIGHTHOUSE,
  openPackedPublisher,
  openPublisherFixture,
  type PublisherFixture,
} from "../support/publisher-fixture.ts";
import { type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 60_000 });

let fixture: PublisherFixture;
afterEach(() => fixture.remove());

type Protected = Packed & { protection: unknown };
const protectionOn = async (stick: string) => (await openAsReader(fixture, stick)).catalog.protection;

describe("the protection of a vault", () => {
  it("is chosen when it is packed, shown, changed without writing films again, and goes along to copies", async () => {
    fixture = await openPublisherFixture();
    const at = ["--stick", fixture.stick, "--keys", fixture.keys];
    const chosen = { capture: "block", watermark: "moving" };
    const packed = await succeed<Protected>(["pack", ...at, "--capture", "block", "--watermark", "moving", LIGHTHOUSE]);
    expect(packed.protection).toEqual(chosen);
    expect(await protectionOn(fixture.stick)).toEqual(chosen);
    const listed = await vaultctl(["ls", fixture.stick, "--keys", fixture.keys]);
    expect(listed.stdout).toContain("Protection: captures blocked where the system can, a moving watermark\n");

    const edited = await succeed<Protected>(["edit", ...at, "--watermark", "corner"]);
    expect(edited).toMatchObject({ gen: packed.gen + 1, protection: { capture: "block", watermark: "corner" } });
    expect(await succeed(["edit", ...at, "--watermark", "corner"])).toMatchObject({ gen: edited.gen });
    // What takes and adds films leaves it alone.
    const added = await succeed<Protected>(["add", ...at, "--title", "Again", LIGHTHOUSE]);
    await succeed(["remove", ...at, added.added[0] ?? ""]);
    expect(await protectionOn(fixture.stick)).toEqual({ capture: "block", watermark: "corner" });

    const copy = fixture.newStick("copy");
    await succeed(["stick", "copy", fixture.stick, copy, "--keys", fixture.keys]);
    await succeed(["edit", ...at, "--capture", "allow", "--watermark", "none"]);
    expect(await protectionOn(copy)).toEqual({ capture: "block", watermark: "corner" });
    await succeed(["stick", "sync", "--master", fixture.stick, "--stick", copy, "--keys", fixture.keys]);
    expect(await protectionOn(copy)).toEqual({ capture: "allow", watermark: "none" });
  });

  it("is named by a word that exists, and edit needs something to change", async () => {
    fixture = await openPublisherFixture();
    const at = ["--stick", fixture.stick, "--keys", fixture.keys];
    expect(await refusal(["pack", ...at, "--watermark", "<b>mine</b>", LIGHTHOUSE])).toBe("USAGE");
    expect(await refusal(["edit", ...at])).toBe("USAGE");
  });
});

describe("a license with a watermark", () => {
  let packed: Packed;
  let publisher: ReturnType<typeof openIssuingFixture>;
  beforeEach(async () => {
    ({ fixture, packed } = await openPackedPublisher());
    publisher = openIssuingFixture(fixture, packed);
  });
  const withPassphrase = () => ["--passphrase-file", publisher.next("txt")];

  it("says so, is for apps that know it, and keeps it when it is renewed", async () => {
    const issued = await publisher.issue("--for", "C-7", ...withPassphrase(), "--watermark", "moving");
    expect(publisher.claims(issued.out)).toMatchObject({ protection: { watermark: "moving" }, minApp: "0.1.0" });
    const renewed = await succeed<{ out: string }>(
      publisher.command("renew", issued.lid, "--extend", "1y", ...withPassphrase(), "--out", publisher.next("uvvlic")),
    );
    expect(publisher.claims(renewed.out)).toMatchObject({ protection: { watermark: "moving" } });
    const changed = await succeed<{ out: string }>(
      publisher.command(
        "renew",
        issued.lid,
        "--extend",
        "1y",
        "--capture",
        "require",
        ...withPassphrase(),
        "--out",
        publisher.next("uvvlic"),
      ),
    );
    expect(publisher.claims(changed.out)).toMatchObject({ protection: { watermark: "moving", capture: "require" } });
    const plain = await publisher.issue(
      "--for",
      "C-8",
      ...withPassphrase(),
      "--min-app",
      "2.0.0",
      "--capture",
      "block",
    );
    expect(publisher.claims(plain.out)).toMatchObject({ protection: { capture: "block" }, minApp: "2.0.0" });
  });

  it("keeps it in a register that is made again of the license files", async () => {
    const issued = await publisher.issue("--for", "C-7", ...withPassphrase(), "--watermark", "moving");
    for (const name of ["register.jsonl", "register.head"]) rmSync(join(fixture.keys, name));
    await succeed(["license", "restore", issued.out, "--keys", fixture.keys, "--first-seq", "900"]);
    const to = [...withPassphrase(), "--out", publisher.next("uvvlic")];
    const renewed = await succeed<{ out: string }>(publisher.command("renew", issued.lid, "--extend", "1y", ...to));
    expect(publisher.claims(renewed.out)).toMatchObject({ protection: { watermark: "moving" } });
  });

  it("is found again by what can be read on a picture", async () => {
    const ann = await publisher.issue("--for", "C-7", ...withPassphrase());
    const second = await publisher.issue("--for", "C-7", ...withPassphrase());
    const ben = await publisher.issue("--for", "C-8", ...withPassphrase());
    const trace = async (...text: string[]) => {
      const { licenses } = await succeed<{ licenses: { lid: string; fits: string[] }[] }>(
        publisher.command("trace", ...text),
      );
      return licenses.map(({ lid, fits }) => [lid, ...fits]);
    };
    const drawn = watermarkOf(ann, "2027-01-15");
    expect(await trace(drawn)).toEqual([[ann.lid, "license", "customer"]]);
    expect(await trace(...drawn.toUpperCase().split(" · "))).toEqual([[ann.lid, "license", "customer"]]);
    const id = ann.lid.slice(0, WATERMARK_ID_LETTERS);
    expect(await trace(`?? ${id.slice(0, 3)}?${id.slice(4)}`)).toEqual([[ann.lid, "license"]]);
    expect(await trace("c-7")).toEqual([
      [ann.lid, "customer"],
      [second.lid, "customer"],
    ]);
    expect(await trace("c-8")).toEqual([[ben.lid, "customer"]]);
    expect(await refusal(publisher.command("trace", "C-70 zzzzzzzz"))).toBe("LICENSE_UNKNOWN");
    expect(await refusal(publisher.command("trace", "????????"))).toBe("LICENSE_UNKNOWN");
  });
});
