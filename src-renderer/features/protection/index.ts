export { Protections } from "./protections.tsx";
