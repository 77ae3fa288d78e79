export const planted = () => import("a-package-that-is-not-there");
