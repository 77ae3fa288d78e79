export { createSigner, type Signer, signDocument } from "./signer.ts";
