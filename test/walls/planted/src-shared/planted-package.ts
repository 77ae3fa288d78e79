import { Command } from "commander";
export const planted = Command;
