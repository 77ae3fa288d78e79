export const planted = () => import("./node/aead.ts");
