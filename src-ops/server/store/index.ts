export { backUpFile } from "./backup.ts";
export { openRingStore, RING_DATA, RING_DATABASE, type RingPlace } from "./open-store.ts";
export type {
  AccountShelf,
  DecisionLines,
  HourSum,
  IncidentShelf,
  KeptAccount,
  KeptIncident,
  RingStore,
  SessionShelf,
  ToldEvent,
} from "./ring-store.ts";
export { STORAGE_PROBLEMS, storageFailureOf, storageProblemOf } from "./storage-problem.ts";
