import { createMemorySecretStore } from "../../fakes/memory-secret-store.ts";
import { keepsSecrets } from "./secret-store-contract.ts";

const store = createMemorySecretStore();
keepsSecrets("the fake keychain", () => store);
