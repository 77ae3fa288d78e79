import { createMemorySecretStore } from "../../fakes/memory-secret-store.ts";
import { describeSecretStore } from "./secret-store-contract.ts";

const store = createMemorySecretStore();
describeSecretStore("the fake keychain", () => store);
