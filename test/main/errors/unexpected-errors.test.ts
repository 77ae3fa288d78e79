import { describe, expect, it } from "vitest";
import { createUnexpectedErrors, type UnexpectedError } from "../../../src-main/errors/index.ts";
import type { Log } from "../../../src-main/log/index.ts";
import type { ErrorReport } from "../../../src-shared/unexpected-error.ts";
import { NOW } from "../../fakes/issuer.ts";

function setUp() {
  const logged: { event: string; [field: string]: unknown }[] = [];
  const clock = { ms: 0 };
  const log: Log = (event, fields) => void logged.push({ event, ...fields });
  const errors = createUnexpectedErrors({ log, now: () => NOW, monotonic: () => clock.ms });
  return { logged, clock, errors };
}

const report: ErrorReport = { kind: "range", code: "", frames: ["seek:index.js:1:2"] };

describe("an unexpected error", () => {
  it("is logged once, counted, and reported as the last one", () => {
    const { errors, logged } = setUp();
    const error = new TypeError("/home/someone");
    errors.record("ipc", error, "catalog.list");
    // The same object again, reported by an outer caller.
    errors.record("rejection", error);
    expect(errors.count()).toBe(1);
    expect(errors.last()).toMatchObject({ source: "ipc", call: "catalog.list", kind: "type", at: NOW });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ event: "app.unexpected", source: "ipc", call: "catalog.list", kind: "type" });
    expect(logged[0]?.["frames"]).toMatch(/unexpected-errs\.test\.ts:\d+:\d+/);
  });

  it("that occurs repeatedly is counted each time and logged once a minute", () => {
    const { errors, logged, clock } = setUp();
    for (let second = 0; second < 120; second++) {
      clock.ms = second * 1_000;
      errors.recordReport("window", report);
    }
    errors.recordReport("render", report);
    expect(errors.count()).toBe(121);
    expect(logged.map(({ source }) => source)).toEqual(["window", "window", "render"]);
  });

  it("is passed to every listener, even if an earlier listener fails", () => {
    const { errors } = setUp();
    const seen: UnexpectedError[] = [];
    errors.subscribe(() => {
      throw new Error("of the listener");
    });
    errors.subscribe((error) => void seen.push(error));
    errors.recordReport("promise", report);
    expect(seen).toEqual([{ ...report, source: "promise", at: NOW }]);
  });
});
