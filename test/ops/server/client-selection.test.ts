import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { newDevice } from "../support/device.ts";
import { PROJECT, succeed } from "../support/vaultctl.ts";
import { openPackedPublisher, type PublisherFixture } from "../support/publisher-fixture.ts";

// Runs the commands of docs/rings/ring-client-selection.md exactly as the page has them.
const PAGE = readFileSync(join(PROJECT, "docs", "rings", "ring-client-selection.md"), "utf8");

type CommandOutput = { lid?: string; ring?: string; claims?: { ring: string }; licenses?: object[] } & Record<
  string,
  unknown
>;

let fixture: PublisherFixture;
const names: Record<string, string> = {};
beforeAll(async () => {
  const opened = await openPackedPublisher();
  ({ fixture } = opened);
  const device = await newDevice();
  mkdirSync(fixture.path("mail"));
  writeFileSync(fixture.path("mail", "asked.uvvreq"), device.request(opened.packed));
  writeFileSync(fixture.path("mail", "signed.pdf"), "signed by both");
  Object.assign(names, {
    AGREEMENT: fixture.path("mail", "signed.pdf"),
    REPO: fixture.path("feed"),
    KEYS: fixture.keys,
    STICK: fixture.stick,
    REQUEST: fixture.path("mail", "asked.uvvreq"),
  });
  await succeed(["feed", "init", "--people", "3", "--repo", fixture.path("feed"), "--keys", fixture.keys]);
  return () => fixture.remove();
});

/** Runs the commands of a section. Each license is written to its own file. */
async function follow(title: string): Promise<CommandOutput[]> {
  const section = PAGE.split(/^## /m).find((one) => one.startsWith(title)) ?? "";
  const lines = [...section.matchAll(/^\$ vaultctl (.+)$/gm)].map(([, line]) => line as string);
  expect(lines.length).toBeGreaterThan(0);
  const outputs: CommandOutput[] = [];
  for (const line of lines) {
    if (line.includes("--out LICENSE")) names["LICENSE"] = fixture.path("mail", `${outputs.length}-${title}.uvvlic`);
    const output = await succeed<CommandOutput>(line.split(" ").map((word) => names[word] ?? word));
    if (output.lid !== undefined) names["LID"] = output.lid;
    outputs.push(output);
  }
  return outputs;
}

describe("choosing who is in which ring", () => {
  it("creates a license for ring0 that enrols one of our machines", async () => {
    const [issued, inspected] = await follow("Ring 0");
    expect(issued).toMatchObject({ sub: "STAFF-01" });
    expect(JSON.stringify(inspected)).toContain('"ring":"ring0"');
    expect(readFileSync(names["LICENSE"] ?? "", "utf8")).toContain("TELEMETRY ENROLMENT");
  });

  it("creates a license for a pilot, and shows both in the register", async () => {
    const [, listed, pilot] = await follow("Ring 1");
    expect(pilot).toMatchObject({ hostname: "pilot-north", pilots: 1 });
    expect(listed).toMatchObject({
      licenses: [
        { sub: "STAFF-01", ring: "ring0" },
        { sub: "C-0042", ring: "ring1" },
      ],
    });
  });

  it("shows the rings of the feed", async () => {
    const [status] = await follow("The list of machines");
    expect(JSON.stringify(status)).toContain('"ring1"');
  });

  it("lets the pilot leave the ring with a renewal for ga", async () => {
    const [renewed, audit] = await follow("Leaving a ring");
    expect(renewed).toMatchObject({ lid: names["LID"], seq: 3 });
    const text = readFileSync(names["LICENSE"] ?? "", "utf8");
    const inspected = await succeed<CommandOutput>(["license", "inspect", names["LICENSE"] ?? ""]);
    expect(JSON.stringify(inspected)).toContain('"ring":"ga"');
    expect(text).toContain("TELEMETRY ENROLMENT");
    expect(audit).toMatchObject({ ok: true });
  });
});
