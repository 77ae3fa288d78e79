import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { describeError, ErrorReport } from "../../src-shared/unexpected-error.ts";

function openTheVault(make: () => Error): never {
  throw make();
}

class OfficeError extends Error {
  override name = "OfficeError";
}

function thrownBy(make: () => Error): unknown {
  try {
    return openTheVault(make);
  } catch (error) {
    return error;
  }
}

describe("the description of an error", () => {
  it("contains its class, its code, and the functions that it passed through, the innermost first", () => {
    const report = describeError(thrownBy(() => Object.assign(new TypeError("no"), { code: "ENOENT" })));
    expect(report).toMatchObject({ kind: "type", code: "ENOENT" });
    expect(report.frames.slice(0, 4)).toEqual([
      expect.stringMatching(/^anonymous:unexpected-err\.test\.ts:\d+:\d+$/),
      expect.stringMatching(/^openTheVault:unexpected-err\.test\.ts:\d+:\d+$/),
      expect.stringMatching(/^thrownBy:unexpected-err\.test\.ts:\d+:\d+$/),
      expect.stringMatching(/^anonymous:unexpected-err\.test\.ts:\d+:\d+$/),
    ]);
  });

  it.each([
    ["a string", "no such file: /home/someone"],
    ["nothing", undefined],
    ["an object", { message: "/home/someone", stack: "Error\n    at a (/b/c.js:1:2)" }],
  ])("contains nothing of %s that was thrown", (_what, thrown) => {
    expect(describeError(thrown)).toEqual({ kind: "value", code: "", frames: [] });
  });

  it.each<[string, () => Error, Partial<ErrorReport>]>([
    ["a class of ours", () => new OfficeError("x"), { kind: "other" }],
    ["a name that was set to a title", () => Object.assign(new Error("x"), { name: "Harbour" }), { kind: "other" }],
    ["a code that is a title", () => Object.assign(new Error("x"), { code: "HARBOUR" }), { code: "" }],
    ["a code that is a path", () => Object.assign(new Error("x"), { code: "/home/someone" }), { code: "" }],
    [
      "Node's own code",
      () => Object.assign(new Error("x"), { code: "ERR_INVALID_ARG_TYPE" }),
      {
        code: "ERR_INVALID_ARG_TYPE",
      },
    ],
  ])("contains of %s only what is on its lists", (_what, make, expected) => {
    expect(describeError(thrownBy(make))).toMatchObject(expected);
  });

  it("contains no frames that a message imitates", () => {
    const fake = "x\n    at Harbour (/home/someone/harbour.js:1:2)";
    const report = describeError(thrownBy(() => new Error(fake)));
    expect(report.frames).toContainEqual(expect.stringMatching(/^openTheVault:/));
    expect(report.frames.join(" ")).not.toMatch(/harbour/i);
    // The stack begins with another message: it is unknown where its own lines begin.
    const stack = `Error: ${fake}\n    at run (/x/main.js:1:2)`;
    expect(describeError(Object.assign(new Error("y"), { stack })).frames).toEqual([]);
    expect(describeError(Object.assign(new Error("x"), { stack: undefined })).frames).toEqual([]);
  });

  it.each([
    ["Error: x\n    at async open (file:///D:/App/out/main/main.js:12:3)", ["open:main.js:12:3"]],
    ["Error: x\n    at D:\\App\\main.js:12:3", ["anonymous:main.js:12:3"]],
    ["Error: x\n    at new Store (app://usb-video-vault/assets/index-B_x1.js:1:99)", ["Store:index-B_x1.js:1:99"]],
    ["Error: x\n    at Object.catalog.list [as run] (/opt/app/main.js:1:2)", ["Object.catalog.list:main.js:1:2"]],
    ["Error: x\n    at readSync (node:fs:1:2)", []],
    ["Error: x\n    at Object.Der Hafen (/opt/x/main.js:1:2)", []],
    ["Error: x\n    at play (/opt/x/Der Hafen.mp4:1:2)", []],
    ["Error: x\n    at eval (eval at play (/opt/x/main.js:1:2), <anonymous>:1:1)", []],
  ])("reads %j", (stack, frames) => {
    expect(describeError(Object.assign(new Error("x"), { stack })).frames).toEqual(frames);
  });

  it("is always accepted by the contract, however deep the stack and hostile the error", () => {
    const deep = (left: number): never => (left === 0 ? openTheVault(() => new Error("x")) : deep(left - 1));
    const hostile = Object.defineProperty(new Error("x"), "stack", {
      get() {
        throw new Error("/home/someone");
      },
    });
    for (const thrown of [thrownBy(() => deep(50)), hostile, null, 5]) {
      expect(v.is(ErrorReport, describeError(thrown))).toBe(true);
    }
  });
});
