export type Planted = typeof import("../src-renderer/i18n/index.ts");
