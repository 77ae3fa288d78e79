export { runCommandLine, type World } from "./command-line.ts";
export { several, wholeNumber } from "./options.ts";
