import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** What a real process says that fails in this way. Throws where it ends with another code than 0. */
function outputOf(...args: string[]): Record<string, unknown>[] {
  const script = join(import.meta.dirname, "failing-process.ts");
  const output = execFileSync(process.execPath, [script, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(output).not.toMatch(/someone|Harbour|home/);
  return output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const logged = (source: string) => ({
  event: "app.unexpected",
  source,
  kind: "range",
  code: "",
  frames: expect.stringMatching(/^(?:Timeout\.)?throwIt:failing-process\.ts:\d+:\d+/) as string,
});

describe("what nobody has caught", () => {
  it("is recorded as a rejection, and the process goes on", () => {
    expect(outputOf("rejection")).toEqual([logged("rejection"), { alive: true }]);
  });

  it("is recorded as an exception, and the app starts again once", () => {
    expect(outputOf("exception")).toEqual([logged("uncaught"), { restart: true }, { alive: true }]);
  });

  it("does not start the app again and again: soon after a restart it goes on", () => {
    expect(outputOf("exception", "restarted")).toEqual([logged("uncaught"), { alive: true }]);
    expect(outputOf("exception", "restarted", "late")).toContainEqual({ restart: true });
  });
});
