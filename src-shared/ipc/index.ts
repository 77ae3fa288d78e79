export * from "./contract.ts";
export * from "./license-views.ts";
export * from "./pack-view.ts";
export * from "./telemetry-views.ts";
export * from "./update-views.ts";
export * from "./views.ts";
