export const planted = () => import("../../src-shared/license/index.ts");
