export const planted = () => import("node:fs");
