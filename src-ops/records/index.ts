export { type CsvRecord, parseCsv, textOfTable } from "./csv.ts";
export { type CustomerTable, parseCustomers, type TableFault } from "./customer-table.ts";
export { type Customer, readCustomers, removeCustomer, saveCustomers } from "./customers.ts";
export { chooseStickFingerprint, readStickFingerprint } from "./stick-fingerprint.ts";
export { findStick, findStickInUse, recordStick, type RecordedStick, listSticks } from "./recorded-sticks.ts";
export { makeContentPack } from "./content-packs.ts";
export { type StickState, syncSticks } from "./sync-sticks.ts";
export { type ProducedStick, produceSticks } from "./produce-sticks.ts";
