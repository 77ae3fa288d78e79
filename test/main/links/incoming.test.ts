import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { incomingOf } from "../../../src-main/links/incoming.ts";

const LINK = "usb-video-vault://license?data=abc";

describe("what the command line hands over", () => {
  it("is nothing on an ordinary start", () => {
    expect(incomingOf(["app", "--vault", "/media/stick", "--trust=/keys", "."], "/")).toBeUndefined();
  });

  it("is a link, whatever it says: others judge it", () => {
    for (const url of [LINK, "usb-video-vault:nonsense", "USB-VIDEO-VAULT://x"]) {
      expect(incomingOf(["app", "--flag", url], "/")).toEqual({ kind: "link", url });
    }
  });

  it("is a license file, found from where the other process was started", () => {
    expect(incomingOf(["app", "mine.uvvlic"], "/mail")).toEqual({ kind: "file", path: resolve("/mail/mine.uvvlic") });
    expect(incomingOf(["app", "/a/B.UVVLIC"], "/mail")).toEqual({ kind: "file", path: resolve("/a/B.UVVLIC") });
  });

  it("is the last one of several", () => {
    expect(incomingOf(["app", "a.uvvlic", LINK], "/")).toEqual({ kind: "link", url: LINK });
  });

  it.each([["--x=a.uvvlic"], ["-a.uvvlic"], ["a.uvvlic.exe"], ["https://example.org/?usb-video-vault://license"]])(
    "is not %s",
    (word) => {
      expect(incomingOf(["app", word], "/")).toBeUndefined();
    },
  );

  it("is not the program itself, whatever it is called", () => {
    expect(incomingOf(["app.uvvlic"], "/")).toBeUndefined();
  });
});
