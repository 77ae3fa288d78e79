export { webAddress, wholeNumber } from "./options.ts";
