import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Updater } from "tuf-js";
import { describe, expect, it } from "vitest";
import { isLater, setReferenceTime, trustedBy } from "../../../../src-shared/node/update-feed/tuf-clock.ts";
import { FeedRepository } from "../../../fakes/feed-repository.ts";
import { temporaryFolder } from "../../../fakes/temporary-folder.ts";

function updater(): Updater {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "root.json"), new FeedRepository().begin());
  return new Updater({ metadataDir: folder, metadataBaseUrl: "https://example.org" });
}

type UpdaterInternals = { trustedSet: { referenceTime: unknown; updateTimestamp: (bytes: Buffer) => unknown } };
const inside = (one: Updater) => (one as unknown as UpdaterInternals).trustedSet;

describe("the reference time of tuf-js", () => {
  it("is the one that was set", () => {
    const one = updater();
    expect(setReferenceTime(one, 1_774_000_000)).toEqual({ ok: true, value: undefined });
    expect(inside(one).referenceTime).toEqual(new Date("2026-03-20T09:46:40Z"));
    expect(trustedBy(one).root.signed.version).toBe(1);
  });

  it("is not accepted if tuf-js stores its time elsewhere", () => {
    const one = updater();
    inside(one).referenceTime = Date.now();
    expect(setReferenceTime(one, 0)).toEqual({ ok: false, error: "CLOCK_NOT_HONOURED" });
  });

  it("is not accepted if tuf-js does not use it: always fresh, always expired", () => {
    const fresh = updater();
    inside(fresh).updateTimestamp = () => undefined;
    expect(setReferenceTime(fresh, 0)).toEqual({ ok: false, error: "CLOCK_NOT_HONOURED" });
    const expired = updater();
    const real = inside(expired).updateTimestamp.bind(inside(expired));
    inside(expired).updateTimestamp = (bytes) => {
      inside(expired).referenceTime = new Date(8.64e15);
      return real(bytes);
    };
    expect(setReferenceTime(expired, 0)).toEqual({ ok: false, error: "CLOCK_NOT_HONOURED" });
  });
});

describe("a date of metadata", () => {
  it("is later than a time, or is not; one that cannot be read never is", () => {
    expect(isLater("2026-03-20T09:46:41Z", 1_774_000_000)).toBe(true);
    expect(isLater("2026-03-20T09:46:40Z", 1_774_000_000)).toBe(false);
    expect(isLater("some day", 0)).toBe(false);
  });
});
