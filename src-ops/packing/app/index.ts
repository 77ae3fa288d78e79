export { type AppReport, checkApp } from "./check-app.ts";
export { findApp, type FoundApp } from "./find-packages.ts";
export { putApp, type StickApp } from "./put-app.ts";
