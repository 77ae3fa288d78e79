export { appendToRegister, type RegisterEntry, readRegister } from "./register.ts";
