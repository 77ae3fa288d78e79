import nacl from "tweetnacl";
export const planted = (message: Uint8Array, secret: Uint8Array): Uint8Array => nacl.sign.detached(message, secret);
