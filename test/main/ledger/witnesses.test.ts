import { memoryLedgerFixture } from "./ledger-fixture.ts";
import { describeWitnesses } from "./witness-table.ts";

describeWitnesses("the fake keychain", memoryLedgerFixture);
