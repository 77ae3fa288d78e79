export const planted = () => import("../src-shared/node/aead.ts");
