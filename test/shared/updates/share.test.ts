import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BuildId, bucketOf, isInShare } from "../../../src-shared/updates/index.ts";
import { testId } from "../../fakes/test-keys.ts";
import { sha256 } from "./feeds.ts";

const bucket = (installId: string, build: string) => bucketOf(installId, build as BuildId, sha256);

describe("the bucket of an install", () => {
  // Frozen, and in docs/formats/update-feed.md: who gets an update first must not change with a release.
  it.each([
    ["aaaaaaaaaaaaaaaaaaaaaaaaaa", "2.1.0-k3f9", 2771],
    ["aaaaaaaaaaaaaaaaaaaaaaaaaa", "2.1.1-p0q2", 9980],
    ["zzzzzzzzzzzzzzzzzzzzzzzzzz", "2.1.0-k3f9", 5100],
  ])("of %s for %s is %i", (installId, build, expected) => {
    expect(bucket(installId, build)).toBe(expected);
  });

  it("is fair: a tenth of many installs is a tenth, and another tenth for another build", () => {
    const installs = Array.from({ length: 10_000 }, (_, i) => testId(`install ${i}`));
    const first = installs.filter((id) => isInShare(bucket(id, "build-2"), 1000));
    const second = first.filter((id) => isInShare(bucket(id, "build-3"), 1000));
    // Five standard deviations of a binomial either way.
    expect(Math.abs(first.length - 1000)).toBeLessThan(150);
    expect(Math.abs(second.length - first.length / 10)).toBeLessThan(50);
  });

  it("stays in a share that grows", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(10_000), fc.nat(10_000), (id, a, b) => {
        const [smaller, larger] = [Math.min(a, b), Math.max(a, b)];
        const ownBucket = bucket(id, "build-2");
        expect(isInShare(ownBucket, smaller) && !isInShare(ownBucket, larger)).toBe(false);
        expect(isInShare(ownBucket, 0)).toBe(false);
        expect(isInShare(ownBucket, 10_000)).toBe(true);
      }),
    );
  });

  it.each([Number.NaN, -1, 10_001, 0.5, Infinity])("is in no share of %s", (basisPoints) => {
    expect(isInShare(0, basisPoints)).toBe(false);
  });
});
