import { memoryWorld } from "./ledger-world.ts";
import { judgesWitnesses } from "./witness-table.ts";

judgesWitnesses("the fake keychain", memoryWorld);
