export * from "./contract.ts";
export * from "./views.ts";
