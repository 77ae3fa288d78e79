export { type CopiedStick, copyStick } from "./copy-stick.ts";
