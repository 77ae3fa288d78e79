import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseKeyManifest } from "../../src-shared/jws/index.ts";
import { openFolderSource, readFeed } from "../../src-shared/node/update-feed/index.ts";
import { NO_RING_TARGETS, parseRingTargets, parseValidation } from "../../src-ops/gates/index.ts";
import { EMPTY_LEDGER } from "../../src-shared/ledger/index.ts";
import { type BuildId, isHalted } from "../../src-shared/updates/index.ts";
import { canonicalize } from "../fakes/canonical-json.ts";
import { NOW, parent } from "../fakes/issuer.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { FROZEN } from "./make.ts";
import { makeFeedVector } from "./make-feed.ts";

const frozen = readFileSync(join(FROZEN, "feed.json"), "utf8");
const vector = JSON.parse(frozen) as {
  anchor: string;
  files: Record<string, string>;
  ringTargets: string;
  canonical: { json: string; canonical: string };
};
const contentOf = (ending: string) =>
  Object.entries(vector.files).find(([path]) => path.startsWith("targets/") && path.endsWith(ending))?.[1] ?? "";

async function readAs(ring: "ring0" | "ring1" | "ga", anchor = vector.anchor, files = vector.files) {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const [source, store] = [openFolderSource(folder), temporaryFolder()];
  const options = { store, anchor: Buffer.from(anchor), source, now: NOW, signal: new AbortController().signal };
  return readFeed(options, ring);
}

describe("the frozen feed (docs/formats/update-feed.md)", () => {
  it("is what the code produces today, byte for byte", () => {
    expect(makeFeedVector()).toBe(frozen);
  });

  it("is read by an installation, with every member of its documents", async () => {
    const opened = await readAs("ring1");
    if (!opened.ok) throw new Error(opened.error);
    const { feed, lists, notes, close } = opened.value;
    expect(feed.release?.document).toEqual(JSON.parse(contentOf("ring1/" + nameOf("rings/ring1", "release.json"))));
    expect(feed.release?.document).toMatchObject({ kind: "resume", flags: { "license-links": false } });
    expect(feed.halts?.counter).toMatchObject({ generation: 2, sequence: 2 });
    expect(feed.halts?.document.halts.map(({ build, seq }) => [build, seq])).toEqual([
      ["build-2", 1],
      ["build-3", 2],
    ]);
    expect(isHalted(feed, EMPTY_LEDGER, "build-2" as BuildId)).toBe(false);
    expect(isHalted(feed, EMPTY_LEDGER, "build-3" as BuildId)).toBe(true);
    expect(feed.security?.document).toEqual({
      v: 1,
      seq: 3,
      buildFloor: 1,
      revokedBuilds: ["build-0"],
      haltGeneration: 2,
    });
    expect([...feed.builds.keys()]).toEqual(["build-1", "build-2", "build-3"]);
    expect(await notes("build-2" as BuildId)).toEqual({ fr: "Nouveautés de 2.0.0", en: "What is new in 2.0.0" });
    expect(parseKeyManifest(Buffer.from(lists.keys ?? []).toString(), [parent.root]).ok).toBe(true);
    expect(Buffer.from(lists.revocations ?? []).toString()).toMatch(/^-----BEGIN USB VIDEO VAULT REVOCATION LIST-----/);
    await close();
    const ga = await readAs("ga");
    expect(ga).toMatchObject({
      ok: true,
      value: { feed: { release: { document: { kind: "rollback", fallback: null } } } },
    });
    if (ga.ok) await ga.value.close();
  });

  it("is refused under another root, and if one byte of a document is changed", async () => {
    const other = vector.anchor.replace(/"sig":"[0-9a-f]{8}/g, '"sig":"00000000');
    expect((await readAs("ring1", other)).ok).toBe(false);
    const spoilt = Object.entries(vector.files).map(([path, content]) => {
      return [path, path.endsWith("halt.json") && path.startsWith("targets/") ? `${content} ` : content] as const;
    });
    const files = Object.fromEntries(spoilt);
    expect((await readAs("ring1", vector.anchor, files)).ok).toBe(false);
  });

  it("comes with a validation and the machines of the rings", () => {
    expect(parseValidation(Buffer.from(contentOf("validated.json")))).toMatchObject({
      ok: true,
      value: { build: "build-2", verdict: { outcome: "pass" } },
    });
    const targets = parseRingTargets(Buffer.from(vector.ringTargets));
    expect(targets).toMatchObject({ ok: true, value: { rings: { ring0: { validated: true } } } });
    expect(targets).not.toEqual({ ok: true, value: NO_RING_TARGETS });
  });

  it("contains an example of the canonical JSON that is signed", () => {
    const { json, canonical } = vector.canonical;
    expect(canonicalize(JSON.parse(json))).toBe(canonical);
  });
});

// The file name of a target begins with its hash.
function nameOf(folder: string, name: string): string {
  const path =
    Object.keys(vector.files).find((one) => one.startsWith(`targets/${folder}/`) && one.endsWith(name)) ?? "";
  const content = vector.files[path] ?? "";
  const file = path.split("/").at(-1) ?? "";
  expect(file).toBe(`${createHash("sha256").update(content).digest("hex")}.${name}`);
  return file;
}
