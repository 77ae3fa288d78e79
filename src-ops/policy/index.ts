export { type PolicyFile, readPolicy } from "./policy-file.ts";
