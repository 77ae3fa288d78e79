export { createReadBack, type PartFault, type ReadBack } from "./read-back.ts";
