export { StickCards } from "./stick-cards.tsx";
export { StickMenu } from "./stick-menu.tsx";
