import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createDownloadHashRecorder } from "../../../src-main/updates/index.ts";
import type { Log } from "../../../src-main/log/index.ts";
import type { FeedSource } from "../../../src-shared/node/update-feed/index.ts";
import { err, ok } from "../../../src-shared/result.ts";
import type { UpdateProblem } from "../../../src-shared/updates/index.ts";

const NAMES = ["2.root.json", "timestamp.json", "a.security.json", "b.release.json", "c.halt.json", "d.notes.json"];

/** A feed whose files contain their own names; an absent file has no content. */
const source: FeedSource = {
  metadataUrl: "folder://feed/metadata",
  targetsUrl: "folder://feed/targets",
  async read(url, _maxBytes, sink) {
    const name = url.pathname.slice(1);
    if (name === "missing.json") return err("NOT_FOUND");
    await sink(Buffer.from(name));
    return ok(name.length);
  },
};

const hashOf = (name: string) => createHash("sha256").update(name).digest("hex");

/** The hash with which a refusal is logged after these files were read. */
async function refusedAfter(names: readonly string[], code: UpdateProblem): Promise<unknown> {
  const logged: Record<string, unknown>[] = [];
  const recorder = createDownloadHashRecorder();
  const watched = recorder.recording(source);
  const { signal } = new AbortController();
  for (const name of names) await watched.read(new URL(`folder://feed/${name}`), 100, () => undefined, signal);
  const log: Log = (event, fields) => void logged.push({ event, ...fields });
  recorder.withHashes(log)("updates.refused", { code });
  return logged[0]?.["artefact"];
}

describe("a refusal of the feed is logged", () => {
  it.each<[UpdateProblem, string]>([
    ["SIGNATURE_INVALID", "d.notes.json"],
    ["METADATA_REPLAYED", "timestamp.json"],
    ["SECURITY_REPLAYED", "a.security.json"],
    ["RELEASE_REPLAYED", "b.release.json"],
    ["HALT_REPLAYED", "c.halt.json"],
  ])("for %s with the hash of the file that it is about", async (code, name) => {
    expect(await refusedAfter(NAMES, code)).toBe(hashOf(name));
  });

  it("with what this check has read, not the previous one", async () => {
    expect(await refusedAfter([...NAMES, "timestamp.json"], "RELEASE_REPLAYED")).toBeUndefined();
    expect(await refusedAfter([...NAMES, "missing.json"], "SIGNATURE_INVALID")).toBe(hashOf("d.notes.json"));
  });

  it("without a hash if no file is the cause", async () => {
    expect(await refusedAfter(NAMES, "UNREACHABLE")).toBeUndefined();
    expect(await refusedAfter(NAMES, "STATE_LOST")).toBeUndefined();
    expect(await refusedAfter([], "SIGNATURE_INVALID")).toBeUndefined();
  });
});
