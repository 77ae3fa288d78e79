import type { AppPackage } from "./app-list.ts";

/** Beside the vault, where a person who opens the stick looks first. */
export const README_NAME = "USB Video Vault.txt";

type Kind = "setup" | "zip" | "deb" | "rpm" | "image" | "tar" | "dmg";
const ENDINGS: Readonly<Record<Kind, RegExp>> = {
  setup: /\.exe$/,
  zip: /\.zip$/,
  deb: /\.deb$/,
  rpm: /\.rpm$/,
  image: /\.AppImage$/,
  tar: /\.tar\.gz$/,
  dmg: /\.dmg$/,
};

const EN: Readonly<Record<Kind, (name: string) => string>> = {
  setup: (name) => `Windows: open ${name}.`,
  zip: (name) => `Windows: unpack ${name} on your computer, then open "USB Video Vault.exe" in the new folder.`,
  deb: (name) => `Debian, Ubuntu: open ${name}, or run: sudo apt install ./${name}`,
  rpm: (name) => `Fedora: open ${name}.`,
  image: (name) => `Linux: copy ${name} to your computer, allow it to run, and open it.`,
  tar: (name) => `Linux: unpack ${name} on your computer, then open "usb-video-vault" in the new folder.`,
  dmg: (name) => `macOS: open ${name} and drag the app to Applications.`,
};

const FR: typeof EN = {
  setup: (name) => `Windows : ouvrez ${name}.`,
  zip: (name) =>
    `Windows : décompressez ${name} sur votre ordinateur, puis ouvrez « USB Video Vault.exe » dans le dossier.`,
  deb: (name) => `Debian, Ubuntu : ouvrez ${name}, ou lancez : sudo apt install ./${name}`,
  rpm: (name) => `Fedora : ouvrez ${name}.`,
  image: (name) => `Linux : copiez ${name} sur votre ordinateur, autorisez son exécution et ouvrez-le.`,
  tar: (name) => `Linux : décompressez ${name} sur votre ordinateur, puis ouvrez « usb-video-vault » dans le dossier.`,
  dmg: (name) => `macOS : ouvrez ${name} et glissez l’app dans Applications.`,
};

/** How to begin, in English and French, for the packages that are on the stick. Lines end as Windows needs it. */
export function composeReadme(packages: readonly AppPackage[]): string {
  const lines = [
    "USB Video Vault",
    "",
    "To watch the videos on this stick:",
    "1. Install the app from the folder APP.",
    ...stepsOf(packages, EN),
    "2. Open the app: it finds this stick by itself.",
    "3. Drop the license file that you received onto its window.",
    "",
    "Pour regarder les vidéos de cette clé :",
    "1. Installez l’app depuis le dossier APP.",
    ...stepsOf(packages, FR),
    "2. Ouvrez l’app : elle trouve cette clé toute seule.",
    "3. Déposez sur sa fenêtre le fichier de licence que vous avez reçu.",
  ];
  // The mark of UTF-8, without which older editors of Windows show other letters.
  return `\uFEFF${lines.map((line) => `${line}\r\n`).join("")}`;
}

function stepsOf(packages: readonly AppPackage[], texts: typeof EN): readonly string[] {
  const kinds = Object.keys(ENDINGS) as Kind[];
  return kinds.flatMap((kind) => {
    const found = packages.find(({ name }) => ENDINGS[kind].test(name));
    return found ? [`   ${texts[kind](found.name)}`] : [];
  });
}
