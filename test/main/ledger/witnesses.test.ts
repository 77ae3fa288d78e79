import { memoryLedgerFixture } from "./ledger-fixture.ts";
import { judgesWitnesses } from "./witness-table.ts";

judgesWitnesses("the fake keychain", memoryLedgerFixture);
