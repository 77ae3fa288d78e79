export { createReadBack, type PartFault, type ReadBack } from "./read-back.ts";
export { createHasher, type Hasher, type HashStream } from "./streams.ts";
