export { type ProblemCode, type ProblemWords } from "./codes.ts";
export { clock, type Format } from "./format.ts";
export { createSpeech, type Speech, SpeechProvider, useSpeech } from "./speech.tsx";
