export const planted = () => import("../log/index.ts");
