import { expect, it } from "vitest";
import { nodeHttpClient } from "../../../src-shared/node/node-http-client.ts";
import { EXPECTED_OUTCOMES, runHttpClientCases } from "../../vectors/run-http-client-cases.ts";

it("the network of the tools fulfils the contract of a client", async () => {
  expect(await runHttpClientCases(nodeHttpClient)).toEqual(EXPECTED_OUTCOMES);
});
