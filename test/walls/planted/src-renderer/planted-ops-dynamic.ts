export const planted = () => import("../src-ops/signing/index.ts");
