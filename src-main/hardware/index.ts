export { createHardwareSight, type HardwareSight } from "./hardware-sight.ts";
