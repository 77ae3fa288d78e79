import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { calls, events } from "../../../src-shared/ipc/index.ts";
import { MAX_ARMORED_CHARS } from "../../../src-shared/limits.ts";
import { testId } from "../../fakes/test-keys.ts";

const videoId = testId("video");

describe("a request of the renderer", () => {
  it.each([
    ["app.snapshot", undefined],
    ["license.import", { text: "x".repeat(MAX_ARMORED_CHARS) }],
    ["license.unlock", { passphrase: "x".repeat(200) }],
    ["player.open", { videoId }],
    ["player.progress", { videoId, positionSeconds: 0 }],
  ] as const)("%s is accepted", (name, input) => {
    expect(v.is(calls[name].in as v.GenericSchema, input)).toBe(true);
  });

  it.each([
    ["app.snapshot", {}],
    ["license.import", { text: "x".repeat(MAX_ARMORED_CHARS + 1) }],
    ["license.import", { text: 5 }],
    ["license.import", "text"],
    ["license.unlock", { passphrase: "" }],
    ["license.unlock", { passphrase: "x".repeat(201) }],
    ["player.open", { videoId: "../../../../../../etc/passwd" }],
    ["player.open", { videoId: videoId.toUpperCase() }],
    ["player.open", {}],
    ["player.open", null],
    ["player.progress", { videoId, positionSeconds: -1 }],
    ["player.progress", { videoId, positionSeconds: Number.NaN }],
    ["player.progress", { videoId, positionSeconds: Number.POSITIVE_INFINITY }],
    ["settings.change", { volume: 2 }],
    ["settings.change", { language: "../fr" }],
  ] as const)("%s is not accepted with %j", (name, input) => {
    expect(v.is(calls[name].in as v.GenericSchema, input)).toBe(false);
  });

  it("never contains a path, an address or a channel", () => {
    const names = Object.values(calls).flatMap(({ in: input }) =>
      "entries" in input ? Object.keys(input.entries) : [],
    );
    expect(names.filter((name) => /path|url|file|folder|channel|key/i.test(name))).toEqual([]);
    expect(names).toContain("videoId");
  });
});

describe("a response of the main process", () => {
  it("has each error listed once", () => {
    for (const [name, { errors }] of Object.entries(calls)) {
      const codes = errors as readonly string[];
      expect(new Set(codes).size, name).toBe(codes.length);
    }
  });

  it("and its events have known names only", () => {
    expect(Object.keys(events)).toEqual(["app.changed", "player.fault", "player.restored"]);
  });
});
