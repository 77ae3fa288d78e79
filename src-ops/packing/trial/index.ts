export { type ElectronProgram, playTrial, type TrialResult } from "./play-trial.ts";
