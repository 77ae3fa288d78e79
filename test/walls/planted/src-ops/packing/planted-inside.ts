import { createSigner } from "../keys/signer.ts";
export const planted = createSigner;
