export { runCommandLine, type World } from "./command-line.ts";
