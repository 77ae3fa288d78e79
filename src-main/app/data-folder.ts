import { app, dialog } from "electron";
import type { Translations } from "../../src-shared/languages.ts";
import type { FolderProblem } from "./folder-problem.ts";

// The settings cannot be read yet, so every language is shown.
const ADVICE: Translations<Readonly<Record<FolderProblem, string>>> = {
  en: {
    FOLDER_FULL:
      "The disk with the app’s folder is full, or your quota on it is used up. Free some space and start the app again.",
    FOLDER_NOT_WRITABLE:
      "The app cannot write to its folder. Ask whoever manages this computer for the right to write there, and start the app again.",
  },
  fr: {
    FOLDER_FULL:
      "Le disque du dossier de l’application est plein, ou votre quota y est épuisé. Faites de la place et redémarrez l’application.",
    FOLDER_NOT_WRITABLE:
      "L’application ne peut pas écrire dans son dossier. Demandez le droit d’y écrire à la personne qui gère cet ordinateur, puis redémarrez l’application.",
  },
};

/** Says why the app cannot start, and ends it. Before Electron is ready, Linux would show no dialog. */
export async function endBecauseOf(problem: FolderProblem, folder: string): Promise<void> {
  await app.whenReady();
  dialog.showErrorBox(
    `USB Video Vault: ${problem}`,
    [...Object.values(ADVICE).map((advice) => advice[problem]), folder].join("\n\n"),
  );
  app.exit(1);
}
