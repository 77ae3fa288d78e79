import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { incomingOf, programForLinks } from "../../../src-main/links/incoming.ts";

const LINK = "usb-video-vault://license?data=abc";

describe("the command line", () => {
  it("contains nothing on an ordinary start", () => {
    expect(incomingOf(["app", "--vault", "/media/stick", "--trust=/keys", "."], "/")).toBeUndefined();
  });

  it("contains a link, whatever its content: it is checked elsewhere", () => {
    for (const url of [LINK, "usb-video-vault:nonsense", "USB-VIDEO-VAULT://x"]) {
      expect(incomingOf(["app", "--flag", url], "/")).toEqual({ kind: "link", url });
    }
  });

  it("contains a license file, relative to the folder where the other process was started", () => {
    expect(incomingOf(["app", "mine.uvvlic"], "/mail")).toEqual({ kind: "file", path: resolve("/mail/mine.uvvlic") });
    expect(incomingOf(["app", "/a/B.UVVLIC"], "/mail")).toEqual({ kind: "file", path: resolve("/a/B.UVVLIC") });
  });

  it("contains a content pack", () => {
    expect(incomingOf(["app", "S1-v2.uvvpack"], "/mail")).toEqual({
      kind: "pack",
      path: resolve("/mail/S1-v2.uvvpack"),
    });
    expect(incomingOf(["app", "/a/S1.UVVPACK"], "/")).toEqual({ kind: "pack", path: resolve("/a/S1.UVVPACK") });
    expect(incomingOf(["app", "/a/._S1.uvvpack"], "/")).toBeUndefined();
    expect(incomingOf(["app", "--x=S1.uvvpack"], "/")).toBeUndefined();
  });

  it("contains several: the last one counts", () => {
    expect(incomingOf(["app", "a.uvvlic", LINK], "/")).toEqual({ kind: "link", url: LINK });
  });

  it.each([["--x=a.uvvlic"], ["-a.uvvlic"], ["a.uvvlic.exe"], ["https://example.org/?usb-video-vault://license"]])(
    "does not yield %s",
    (word) => {
      expect(incomingOf(["app", word], "/")).toBeUndefined();
    },
  );

  it("does not yield the program itself, whatever its name is", () => {
    expect(incomingOf(["app.uvvlic"], "/")).toBeUndefined();
  });
});

describe("the program for links", () => {
  const running = String.raw`C:\Temp\2abc\USB Video Vault.exe`;
  const portable = String.raw`E:\USB Video Vault.exe`;

  it("is the one that runs", () => {
    expect(programForLinks({}, running, "win32")).toBe(running);
    expect(programForLinks({ PORTABLE_EXECUTABLE_FILE: "" }, running, "win32")).toBe(running);
    expect(programForLinks({ PORTABLE_EXECUTABLE_FILE: "/tmp/x" }, "/opt/app", "linux")).toBe("/opt/app");
  });

  it("is the file that people start if a portable app of Windows runs from a temporary folder", () => {
    expect(programForLinks({ PORTABLE_EXECUTABLE_FILE: portable }, running, "win32")).toBe(portable);
  });
});
