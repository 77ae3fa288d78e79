export { runCommandLine, type World } from "./command-line.ts";
export { databaseUrlOption } from "./ring-options.ts";
export { several, webAddress, wholeNumber } from "./options.ts";
