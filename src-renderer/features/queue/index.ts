export { nextStep, type Order, previousItem, type Step, type Turn } from "./order.ts";
