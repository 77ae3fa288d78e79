import { expect, it } from "vitest";
import { unwantedVariables } from "../../../src-main/app/unwanted-variables.ts";

it("names the variables that a release does not run with, whatever their value", () => {
  const environment = {
    PATH: "/usr/bin",
    SSLKEYLOGFILE: "",
    ELECTRON_DISABLE_SANDBOX: "0",
    NODE_COMPILE_CACHE: undefined,
  };
  expect(unwantedVariables(environment)).toEqual(["ELECTRON_DISABLE_SANDBOX", "SSLKEYLOGFILE"]);
});

it("does not mind what people have for other programs, and what the fuses turn off", () => {
  const names = ["NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "HTTPS_PROXY", "XDG_CONFIG_HOME", "LANG"];
  expect(unwantedVariables(Object.fromEntries(names.map((name) => [name, "x"])))).toEqual([]);
});
