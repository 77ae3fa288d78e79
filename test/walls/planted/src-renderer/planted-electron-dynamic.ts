export const planted = () => import("electron");
