import tweet from "tweetnacl";
export const planted = (seed: Uint8Array): unknown => tweet.sign.keyPair.fromSeed(seed);
