import { EventEmitter } from "node:events";
import type { BrowserWindow } from "electron";
import { describe, expect, it } from "vitest";
import { canBlockCaptures, createCaptureBlock } from "../../../src-main/windows/capture-block.ts";

describe("a system", () => {
  it.each<[NodeJS.Platform, string, boolean]>([
    ["win32", "10.0.19045", true],
    ["win32", "10.0.26100", true],
    ["win32", "6.3.9600", false],
    ["darwin", "23.6.0", true],
    ["darwin", "24.0.0", false],
    ["darwin", "25.1.0", false],
    ["linux", "6.8.0-45-generic", false],
    ["win32", "", false],
  ])("%s %s can block captures: %s", (platform, release, can) => {
    expect(canBlockCaptures(platform, release)).toBe(can);
  });
});

describe("a window", () => {
  function open() {
    const asked: boolean[] = [];
    const window = Object.assign(new EventEmitter(), { setContentProtection: (on: boolean) => void asked.push(on) });
    return { window, asked, block: createCaptureBlock(window as unknown as BrowserWindow) };
  }

  it("is asked once for each change", () => {
    const { asked, block } = open();
    for (const isBlocked of [false, true, true, false, false]) block(isBlocked);
    expect(asked).toEqual([true, false]);
  });

  it("that was hidden or minimized is asked again while captures are blocked", () => {
    const { window, asked, block } = open();
    window.emit("show");
    expect(asked).toEqual([]);
    block(true);
    window.emit("restore");
    window.emit("show");
    expect(asked).toEqual([true, true, true]);
    block(false);
    window.emit("show");
    expect(asked).toEqual([true, true, true, false]);
  });
});
