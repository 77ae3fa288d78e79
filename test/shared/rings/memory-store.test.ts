import { createMemoryStore } from "../../../src-shared/rings/index.ts";
import { eventStoreContract } from "./store-contract.ts";

eventStoreContract("a store in memory", async () => createMemoryStore());
