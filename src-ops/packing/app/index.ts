export { type AppReport, checkApp } from "./check-app.ts";
export { putApp, type StickApp } from "./put-app.ts";
