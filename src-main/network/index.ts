export { createElectronHttpClient, openNetworkSession } from "./electron-http-client.ts";
export { failureCode } from "./failure-code.ts";
