import { nodeHttpClient } from "../src-shared/node/node-http-client.ts";
export const planted = nodeHttpClient;
