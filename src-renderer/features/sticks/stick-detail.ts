import type { StickChoice } from "../../../src-shared/ipc/index.ts";
import type { Messages } from "../../i18n/index.ts";

/** So many letters of a stick's id are shown: the watermark shows the same. */
const SHOWN_LETTERS = 8;

/** `E: · No. 3rm67wze · 12 videos`: tells sticks with the same name apart. */
export function stickDetail({ drive, stickId, titles }: StickChoice, messages: Messages): string {
  const parts = [drive, messages.sticks.number(stickId.slice(0, SHOWN_LETTERS))];
  return [...parts, ...(titles === null ? [] : [messages.catalog.count(titles)])].join(" · ");
}
