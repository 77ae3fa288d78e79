import { type ProblemCatalog, say } from "./codes.ts";
import { packProblemsEn } from "./pack-problems-en.ts";

export const problemsEn: ProblemCatalog = {
  MISSING: () =>
    say(
      "This stick needs a license",
      "None was found on this computer or on the stick.",
      "Drop its file below, or ask for one with an activation request.",
    ),
  MALFORMED: ({ support }) =>
    say(
      "This file cannot be read as a license",
      "It is incomplete, or it is another kind of file.",
      `Save the file again from the message you received. If that does not help, contact ${support}.`,
    ),
  KEY_UNKNOWN: () =>
    say(
      "This license cannot be checked yet",
      "It is signed with a key that this version of the app does not know.",
      "Update the app, then import the license again.",
    ),
  SIGNATURE_INVALID: ({ support }) =>
    say(
      "The signature of this license is not valid",
      "The license was altered on its way, or it is not genuine.",
      `Ask ${support} to send you the file again.`,
    ),
  WRONG_PRODUCT: () =>
    say(
      "This license is for another product",
      "It is a real license, but not one for USB Video Vault.",
      "Look for the license file that came with this stick.",
    ),
  APP_TOO_OLD: () =>
    say(
      "A newer app is needed",
      "This license or this stick was made for a more recent version than the one installed.",
      "Update the app, then try again.",
    ),
  REVOKED: ({ support }) =>
    say("This license was withdrawn", "The publisher has revoked it.", `Contact ${support} to find out more.`),
  ROLLED_BACK: ({ support }) =>
    say(
      "This is an older license",
      "A newer version of it was already used here, and older ones are no longer accepted.",
      `Import the most recent file you received. If you cannot find it, contact ${support}.`,
    ),
  CLOCK: () =>
    say(
      "The date of this computer does not seem right",
      "It is earlier than the last time the app was used.",
      "Check the date and time in the system settings, then try again.",
    ),
  NOT_YET_VALID: ({ date }) =>
    say(
      "This license is not valid yet",
      date === null ? "It starts on a later date." : `It is valid from ${date}.`,
      "Come back then. If that date is already here, check the computer's date.",
    ),
  EXPIRED: ({ date, support }) =>
    say(
      "This license has expired",
      date === null ? "Its last day has passed." : `It was valid until ${date}.`,
      `Import a renewal. To get one, contact ${support}.`,
    ),
  WRONG_STICK: ({ isCopy, support }) =>
    isCopy
      ? say(
          "This license belongs to another stick",
          "What is on this one is a copy of the licensed stick: the content is the same, the drive is not.",
          `Plug in the original stick, or contact ${support}.`,
        )
      : say(
          "This license belongs to another stick",
          "Each license is made for one stick, and this is not the one it names.",
          "Plug in the stick of this license, or import the license of this stick.",
        ),
  WRONG_DEVICE: ({ support }) =>
    say(
      "This license belongs to another computer",
      "This computer is not the one it was made for, or too much of it has changed.",
      `Create an activation request and send it to ${support} to ask for a transfer.`,
    ),
  STORE_LOCKED: () =>
    say(
      "The keychain of this computer is locked",
      "The app keeps its device key there and cannot reach it.",
      "Unlock the keychain, then try again.",
    ),
  STORE_NONE: ({ support }) =>
    say(
      "This computer has no keychain",
      "The app needs one to keep its device key safe.",
      `Turn on the system's keychain service and restart the app. If you need help, contact ${support}.`,
    ),
  STATE_LOST: ({ support }) =>
    say(
      "This computer needs to be activated again",
      "What the app had stored about its licenses is gone or can no longer be verified.",
      `Create an activation request and send it to ${support}.`,
    ),
  STATE_NOT_WRITTEN: () =>
    say(
      "The app could not save the state of your licenses",
      "It keeps the newest version of each license on this computer, and the system did not allow that.",
      "Check that there is free space, that your own folder can be written to, and that no virus scanner holds it; then try again.",
    ),
  PASSPHRASE_WRONG: () =>
    say(
      "This passphrase does not open the stick",
      "It is not the one that came with the license.",
      "Check it against the message you received and type it again. Capitals, spaces and dashes make no difference.",
    ),
  NOT_ENTITLED: ({ support }) =>
    say(
      "This video is not included",
      "Your license covers other videos of this stick.",
      `Contact ${support} to add it to your license.`,
    ),
  CAPTURABLE: ({ support }) =>
    say(
      "This computer cannot block captures",
      "The publisher allows these videos only where the picture cannot be captured.",
      `Watch them on a computer with Windows 10 or later, or ask ${support}.`,
    ),
  PLAY_WINDOW: ({ support }) =>
    say(
      "The viewing period of this video has ended",
      "It could be watched for a limited time after it was first started.",
      `Contact ${support} to extend it.`,
    ),
  NO_VAULT: () =>
    say(
      "There is no vault here",
      "This folder or drive holds no protected videos.",
      "Choose the folder that contains the folder named VAULT, or plug in the stick itself.",
    ),
  UNTRUSTED: ({ support }) =>
    say(
      "This stick cannot be verified",
      "Its contents are not signed by the publisher of this app.",
      `Use the stick you received from the publisher. If this is the one, contact ${support}.`,
    ),
  INCOMPLETE: ({ support }) =>
    say(
      "This stick is incomplete",
      "Some of its files are missing or were cut short.",
      `Unplug it and plug it in again. If that does not help, ask ${support} for a new copy.`,
    ),
  NO_ANCHOR: ({ support }) =>
    say(
      "This app cannot verify any stick",
      "It was built without the keys of a publisher.",
      `Install the app that ${support} gave you.`,
    ),
  KEYS_LOST: ({ support }) =>
    say(
      "The list of trusted keys is missing",
      "This app has used a newer list than the one it has now.",
      `Plug in your newest stick, or update the app. If neither helps, contact ${support}.`,
    ),
  REMOVED: () =>
    say(
      "The stick was unplugged",
      "The video waits where it stopped.",
      "Plug the stick back in: playback goes on by itself.",
    ),
  DAMAGED: ({ support }) =>
    say(
      "This video is damaged on the stick",
      "Part of it was altered or cannot be verified any more.",
      `Choose another video. To replace the stick, contact ${support}.`,
    ),
  UNDECODABLE: ({ support }) =>
    say(
      "The app cannot play this video here",
      "Its picture or its sound could not be decoded on this computer. The stick is not damaged.",
      `Try again, or watch it from the beginning. If it happens again, tell ${support} the code below.`,
    ),
  UNSEEKABLE: ({ support }) =>
    say(
      "This video cannot jump to that place",
      "It can be watched in one go, but not from there. The stick is not damaged.",
      `Watch it from the beginning. To get a version that can jump, contact ${support}.`,
    ),
  UNREADABLE: () =>
    say(
      "The stick cannot be read",
      "The computer gets no answer from it.",
      "Unplug the stick, plug it in again, on another port if there is one, then open the video again.",
    ),
  LOCKED: () =>
    say(
      "The stick is locked",
      "Its license was not checked yet, or is no longer valid.",
      "Go back and import or unlock the license.",
    ),
  NOT_FOUND: () =>
    say("This video is not on the stick", "The stick's contents have changed.", "Go back and choose another video."),
  WRONG_KEY: ({ support }) =>
    say(
      "This license does not open the video",
      "Its key was made for another version of the stick.",
      `Ask ${support} for a license that matches this stick.`,
    ),
  NOT_WRITTEN: () =>
    say(
      "The file could not be saved",
      "The system did not allow writing there.",
      "Check that there is free space and that no other program has the file open, or choose another folder, then try again.",
    ),
  NOT_PURGED: () =>
    say(
      "Some of the collected data could not be deleted",
      "The disk, or a file on it, does not allow it just now. Nothing more is kept or sent.",
      "Restart the app, then switch it on and off once more.",
    ),
  NOT_ASKED: () =>
    say(
      "This question was already answered",
      "The app asks once for each version.",
      "There is nothing left to do. You can report a problem in the settings at any time.",
    ),
  NO_CONSENT: ({ support }) =>
    say(
      "The report was not sent",
      "The app sends nothing before you have agreed to it under “Privacy”.",
      `Switch it on there, or copy the diagnostics and write to ${support}.`,
    ),
  OFFER_GONE: () =>
    say(
      "This license is no longer waiting",
      "Another one was opened after it, or it was dismissed.",
      "Open its link or its file again.",
    ),
  LINKS_OFF: ({ support }) =>
    say(
      "License links are switched off for now",
      `They were switched off by ${support}, to keep everyone safe.`,
      "Drop the license's file into this window, or paste its text.",
    ),
  NOT_RETURNABLE: ({ support }) =>
    say(
      "This license cannot be returned here",
      "Only the newest license made for this computer alone can be returned, and this is another one.",
      `Look at the list of licenses again. If it should be one of them, contact ${support}.`,
    ),
  PROOF_NOT_WRITTEN: () =>
    say(
      "The license is returned, but its proof is missing",
      "The system did not allow writing it.",
      "Check that there is free space, then open this screen again: the app makes the proof then.",
    ),
  NOT_RETURNED: () =>
    say(
      "There is no proof for this license",
      "It was not returned from this computer, or its file was removed.",
      "Open the list of licenses again.",
    ),
  BAD_REQUEST: ({ support }) =>
    say(
      "That did not work",
      "The app did not understand the request.",
      `Try again. If it happens again, tell ${support} the code below.`,
    ),
  INTERNAL: ({ support }) =>
    say(
      "Something went wrong on our side",
      "The app ran into a fault that it did not expect.",
      `Try again. If it happens again, tell ${support} the code below.`,
    ),
  ...packProblemsEn,
};
