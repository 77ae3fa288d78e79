import type { NetworkError } from "../../src-shared/network.ts";

// https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h
const CODES: readonly (readonly [RegExp, NetworkError])[] = [
  [/PROXY_AUTH|AUTH_CREDENTIALS|AUTH_SCHEME/, "PROXY_LOGIN"],
  // A computer whose clock is wrong takes every certificate for an expired one.
  [/^ERR_CERT_(DATE_INVALID|VALIDITY_TOO_LONG)$/, "CERTIFICATE_EXPIRED"],
  [/^ERR_CERT_|^ERR_SSL_|CERTIFICATE_TRANSPARENCY/, "CERTIFICATE_REFUSED"],
  [/REDIRECT/, "REDIRECTED"],
];

/**
 * What a failure of Chromium's network means to a person.
 * @param message as Electron gives it: `net::ERR_...`
 * @param wasLoginDemanded the proxy has demanded a login during this request
 */
export function failureCode(message: string, wasLoginDemanded: boolean): NetworkError {
  const name = /^net::(ERR_\w+)$/.exec(message)?.[1] ?? "";
  // A tunnel that was refused does not say why.
  if (wasLoginDemanded && name === "ERR_TUNNEL_CONNECTION_FAILED") return "PROXY_LOGIN";
  return CODES.find(([pattern]) => pattern.test(name))?.[1] ?? "UNREACHABLE";
}
