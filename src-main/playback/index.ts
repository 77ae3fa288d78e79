export { createMediaAddresses, type MediaAddresses } from "./media-addresses.ts";
export { answerMediaRequest, type MediaLookup, type ServedMedia } from "./media-protocol.ts";
export { type MediaReader, type MediaSource, createMediaReader } from "./media-reader.ts";
export { READ_BYTES, streamMedia } from "./media-stream.ts";
export type { SealedFile } from "./worker-protocol.ts";
