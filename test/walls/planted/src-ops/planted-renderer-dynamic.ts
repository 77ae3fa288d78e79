export const planted = () => import("../src-renderer/i18n/index.ts");
