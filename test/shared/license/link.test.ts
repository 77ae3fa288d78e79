import { describe, expect, it } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { armor, LICENSE_PROFILE, MAX_LINK_CHARS, parseLicenseLink } from "../../../src-shared/license/index.ts";
import { licenseToken } from "../../fakes/issuer.ts";

const TEXT = armor("LICENSE", licenseToken());
const DATA = toBase64url(utf8(TEXT));
const LINK = `usb-video-vault://license?data=${DATA}`;

describe("a license link", () => {
  it("yields the text that it contains, unchanged", () => {
    expect(parseLicenseLink(LINK)).toEqual({ ok: true, value: TEXT });
  });

  it("may have the slash that some systems insert before the question mark", () => {
    expect(parseLicenseLink(`usb-video-vault://license/?data=${DATA}`)).toEqual({ ok: true, value: TEXT });
  });

  it("has space for the largest license in its armour", () => {
    const largest = armor("LICENSE", "x".repeat(LICENSE_PROFILE.maxBytes));
    const link = `usb-video-vault://license?data=${toBase64url(utf8(largest))}`;
    expect(parseLicenseLink(link)).toEqual({ ok: true, value: largest });
  });

  it("is refused above the limit, whatever its content", () => {
    const start = "usb-video-vault://license?data=";
    const room = MAX_LINK_CHARS - start.length;
    const longest = start + "A".repeat(room - (room % 4));
    expect(parseLicenseLink(longest)).toMatchObject({ ok: true });
    expect(parseLicenseLink(`${longest}AAAA`)).toEqual({ ok: false, error: "MALFORMED" });
  });

  it.each([
    ["nothing", ""],
    ["another scheme", LINK.replace("usb-video-vault", "https")],
    ["a scheme that begins like ours", LINK.replace("usb-video-vault", "usb-video-vault2")],
    ["text before it", ` ${LINK}`],
    ["a line after it", `${LINK}\n`],
    ["another host", LINK.replace("//license", "//settings")],
    ["a host that begins like ours", LINK.replace("//license", "//license.example")],
    ["a user before the host", LINK.replace("//license", "//someone@license")],
    ["a port", LINK.replace("//license", "//license:80")],
    ["no host", LINK.replace("//license", "license")],
    ["a path", LINK.replace("license?", "license/import?")],
    ["a path to a parent folder", LINK.replace("license?", "license/../../etc/passwd?")],
    ["an encoded path to a parent folder", LINK.replace("license?", "license/%2e%2e%2f?")],
    ["no data", "usb-video-vault://license"],
    ["empty data", "usb-video-vault://license?data="],
    ["another parameter", LINK.replace("?data", "?file")],
    ["a second parameter", `${LINK}&trust=/tmp`],
    ["a parameter before it", LINK.replace("?data", "?a=b&data")],
    ["the parameter twice", `${LINK}&data=${DATA}`],
    ["a fragment", `${LINK}#data`],
    ["padding", `${LINK}==`],
    ["the letters of plain base64", `usb-video-vault://license?data=${DATA}+/`],
    ["percent encoding", LINK.replace("data=", "data=%41")],
    ["an impossible length", `usb-video-vault://license?data=AAAAA`],
    ["bits left over", `usb-video-vault://license?data=AB`],
    ["bytes that are not UTF-8", `usb-video-vault://license?data=${toBase64url(Uint8Array.of(0xc3, 0x28))}`],
    ["a file", "file:///etc/passwd"],
  ])("is refused with %s", (_what, link) => {
    expect(parseLicenseLink(link)).toEqual({ ok: false, error: "MALFORMED" });
  });
});
