export { NoStickScreen } from "./no-stick-screen.tsx";
