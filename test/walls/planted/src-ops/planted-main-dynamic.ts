export const planted = () => import("../src-main/log/index.ts");
