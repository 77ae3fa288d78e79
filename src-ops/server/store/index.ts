export { backUpFile } from "./backup.ts";
export { BACKUPS, openRingStore, RING_DATA, RING_DATABASE, type StoreLocation } from "./open-store.ts";
export type {
  AccountRepository,
  BrowserRepository,
  CrashGroup,
  DecisionRepository,
  DeliveryRecord,
  DeliveryRepository,
  Enrolment,
  HourlyCounts,
  IncidentRepository,
  AccountRecord,
  IncidentRecord,
  RingStore,
  SessionRepository,
  NotableEvent,
} from "./ring-store.ts";
export { STORAGE_PROBLEMS, storageFailureOf, storageProblemOf } from "./storage-problem.ts";
