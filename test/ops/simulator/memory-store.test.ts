import { createMemoryStore } from "../../../src-ops/simulator/memory-store.ts";
import { eventStoreContract } from "../gates/store-contract.ts";

eventStoreContract("a store in memory", async () => createMemoryStore());
