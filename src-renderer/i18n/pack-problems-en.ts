import type { PackProblem } from "../../src-shared/ipc/index.ts";
import { type ProblemCatalog, say } from "./codes.ts";

/** Why a content pack was not added. */
export const packProblemsEn: Pick<ProblemCatalog, PackProblem> = {
  PACK_UNREADABLE: ({ support }) =>
    say(
      "This file cannot be read as content",
      "It is a file of another kind, or it cannot be read.",
      `Choose the .uvvpack file that you received. If that does not help, contact ${support}.`,
    ),
  PACK_TRUNCATED: () =>
    say(
      "This file is incomplete",
      "Its download or copy ended too early. A disk with FAT32 also cuts files at 4 GiB.",
      "Download it again, onto the disk of this computer. The stick was not changed.",
    ),
  PACK_UNTRUSTED: ({ support }) =>
    say(
      "The signature of this content is not valid",
      "The file was changed on its way, is not genuine, or needs a newer app.",
      `Update the app, or ask ${support} to send the file again. The stick was not changed.`,
    ),
  PACK_DAMAGED: () =>
    say(
      "This file is damaged",
      "A part of it is not what your publisher has signed.",
      "Download it again, then retry. The stick keeps its content from before.",
    ),
  PACK_NO_STICK: () =>
    say(
      "The USB stick is not plugged in",
      "This content goes onto the stick that it was made for.",
      "Plug it in, then open this file again.",
    ),
  PACK_OTHER_STICK: ({ support }) =>
    say(
      "This content is for another USB stick",
      "Each content is made for one stick, and that one is not plugged in.",
      `Plug in the right stick, or ask ${support} for the file of this one.`,
    ),
  PACK_OLDER: () =>
    say(
      "This content is older than that of the stick",
      "The stick has already received newer content; earlier ones are not accepted any more.",
      "Use the file that you received last. The stick was not changed.",
    ),
  PACK_PRESENT: () => say("This content is on the stick already", "It was added before.", "You can delete this file."),
  PACK_NOT_WHOLE: ({ support }) =>
    say(
      "Videos are missing on this stick",
      "This content completes that of the stick, whose files were deleted or damaged.",
      `Ask ${support} for whole content or another stick. The stick was not changed.`,
    ),
  PACK_NO_SPACE: ({ support }) =>
    say(
      "There is not enough space on the stick",
      "The new content does not fit.",
      `Remove your own files from the stick, or ask ${support} for a larger one. The content from before still plays.`,
    ),
  PACK_READ_ONLY: () =>
    say(
      "The stick is write-protected",
      "It has a lock, or this computer does not allow writing to it.",
      "Move the lock of the stick, or use another computer, then retry.",
    ),
  PACK_HELD: () =>
    say(
      "The stick is in use",
      "The system does not allow the change: another program, such as a virus scanner, has a file on the stick open.",
      "Close other programs that use the stick, wait a moment, then retry. The content from before still plays.",
    ),
  PACK_REMOVED: () =>
    say(
      "The stick was unplugged",
      "The adding has stopped; the stick keeps its content from before.",
      "Plug it in and open this file again: it goes on where it was.",
    ),
  PACK_NOT_WRITTEN: ({ support }) =>
    say(
      "Writing to the stick failed",
      "The stick, or its socket, reports a fault.",
      `Retry with another socket. If it happens again, contact ${support}. The content from before still plays.`,
    ),
};
