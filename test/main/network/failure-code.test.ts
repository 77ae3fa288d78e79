import { describe, expect, it } from "vitest";
import { failureCode } from "../../../src-main/network/failure-code.ts";

describe("a failure of Chromium's network", () => {
  it.each([
    ["net::ERR_PROXY_AUTH_UNSUPPORTED", "PROXY_LOGIN"],
    ["net::ERR_PROXY_AUTH_REQUESTED", "PROXY_LOGIN"],
    ["net::ERR_UNEXPECTED_PROXY_AUTH", "PROXY_LOGIN"],
    ["net::ERR_MISSING_AUTH_CREDENTIALS", "PROXY_LOGIN"],
    ["net::ERR_CERT_AUTHORITY_INVALID", "CERTIFICATE_REFUSED"],
    ["net::ERR_CERT_COMMON_NAME_INVALID", "CERTIFICATE_REFUSED"],
    ["net::ERR_CERT_REVOKED", "CERTIFICATE_REFUSED"],
    ["net::ERR_SSL_PROTOCOL_ERROR", "CERTIFICATE_REFUSED"],
    ["net::ERR_CERT_DATE_INVALID", "CERTIFICATE_EXPIRED"],
    ["net::ERR_INVALID_REDIRECT", "REDIRECTED"],
    ["net::ERR_UNSAFE_REDIRECT", "REDIRECTED"],
    ["net::ERR_NAME_NOT_RESOLVED", "UNREACHABLE"],
    ["net::ERR_INTERNET_DISCONNECTED", "UNREACHABLE"],
    ["net::ERR_PROXY_CONNECTION_FAILED", "UNREACHABLE"],
    ["net::ERR_CONTENT_LENGTH_MISMATCH", "UNREACHABLE"],
    ["net::ERR_TUNNEL_CONNECTION_FAILED", "UNREACHABLE"],
    ["something else", "UNREACHABLE"],
    ["", "UNREACHABLE"],
  ])("%s means %s", (message, code) => {
    expect(failureCode(message, false)).toBe(code);
  });

  it("in a tunnel means a login if the proxy has demanded one", () => {
    expect(failureCode("net::ERR_TUNNEL_CONNECTION_FAILED", true)).toBe("PROXY_LOGIN");
    expect(failureCode("net::ERR_NAME_NOT_RESOLVED", true)).toBe("UNREACHABLE");
  });
});
