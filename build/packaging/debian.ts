import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_LANGUAGE, LANGUAGES, type Translations } from "../../src-shared/languages.ts";
import { projectRoot } from "../electron-runtime.ts";
import { ARCHITECTURE, buildDeb, kibibytesIn, putFile } from "./deb.ts";

const NAME = "usb-video-vault";
const HELPER = `usr/libexec/${NAME}/install-update`;
const LICENSE_TYPE = "application/x-usb-video-vault-license";
const CONTENT_TYPE = "application/x-usb-video-vault-content";
const ICON_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
/** What Electron and the keychain need, by the names of Debian 12. */
const DEPENDS =
  "libgtk-3-0, libnotify4, libnss3, libxss1, libxtst6, xdg-utils, libatspi2.0-0, libuuid1, libsecret-1-0, libasound2, libgbm1";

/**
 * Makes the app's package of an unpacked app.
 *
 * @returns path of the package
 */
export function makeDeb(unpacked: string, version: string, outFolder: string): string {
  return buildDeb(NAME, version, outFolder, (stage) => layOut(stage, unpacked, version));
}

function layOut(stage: string, unpacked: string, version: string): void {
  const home = join(stage, "opt", NAME);
  cpSync(unpacked, home, { recursive: true });
  // The updater asks it which installer to use.
  writeFileSync(join(home, "resources", "package-type"), "deb");
  // Chromium's sandbox for kernels without user namespaces for ordinary users.
  chmodSync(join(home, "chrome-sandbox"), 0o4755);
  putFile(stage, `usr/share/applications/${NAME}.desktop`, DESKTOP);
  putFile(stage, `usr/share/mime/packages/${NAME}.xml`, MIME);
  mkdirSync(join(stage, "usr", "bin"), { recursive: true });
  symlinkSync(`/opt/${NAME}/${NAME}`, join(stage, "usr", "bin", NAME));
  for (const size of ICON_SIZES) {
    const folder = join(stage, "usr", "share", "icons", "hicolor", `${size}x${size}`, "apps");
    mkdirSync(folder, { recursive: true });
    cpSync(join(projectRoot, "build", "icons", `${size}x${size}.png`), join(folder, `${NAME}.png`));
  }
  putFile(stage, `usr/share/doc/${NAME}/copyright`, COPYRIGHT);
  putFile(stage, HELPER, updateHelper(NAME), 0o755);
  putFile(stage, "usr/share/polkit-1/actions/app.usbvideovault.install-update.policy", POLICY);
  putFile(stage, "DEBIAN/control", control(version, unpacked));
}

/** The program that installs updates of one package as root. */
export function updateHelper(packageName: string): string {
  const script = readFileSync(join(import.meta.dirname, "install-update.sh"), "utf8");
  return script.replace("@PACKAGE@", packageName).replace("@ARCHITECTURE@", ARCHITECTURE);
}

function control(version: string, unpacked: string): string {
  return `Package: ${NAME}
Version: ${version}
Architecture: ${ARCHITECTURE}
Maintainer: USB Video Vault contributors <support@usbvideovault.app>
Installed-Size: ${kibibytesIn(unpacked)}
Depends: ${DEPENDS}
Recommends: gnome-keyring | kwalletmanager, pkexec | policykit-1
Section: video
Priority: optional
Description: Protected videos on a USB stick
 Plays the protected videos of a publisher from a USB stick, offline, with a
 signed license.
`;
}

const APP_COMMENTS: Translations<string> = {
  en: "Watch protected videos from a USB stick",
  fr: "Regarder des vidéos protégées depuis une clé USB",
};
const FILE_COMMENTS: Translations<string> = { en: "USB Video Vault license", fr: "Licence USB Video Vault" };
const CONTENT_COMMENTS: Translations<string> = { en: "USB Video Vault content", fr: "Contenu USB Video Vault" };

/** One line for each language, the default one first: it is marked with no locale. */
function translated(texts: Translations<string>, line: (text: string, locale: string) => string): string {
  const others = LANGUAGES.filter((language) => language !== DEFAULT_LANGUAGE);
  const lines = [line(texts[DEFAULT_LANGUAGE], ""), ...others.map((language) => line(texts[language], language))];
  return lines.join("\n");
}

const DESKTOP = `[Desktop Entry]
Type=Application
Name=USB Video Vault
${translated(APP_COMMENTS, (text, locale) => `Comment${locale && `[${locale}]`}=${text}`)}
Exec=/opt/${NAME}/${NAME} %U
Icon=${NAME}
StartupWMClass=USB Video Vault
Categories=AudioVideo;Video;Player;
MimeType=${LICENSE_TYPE};${CONTENT_TYPE};x-scheme-handler/usb-video-vault;
`;

const MIME = `<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="${LICENSE_TYPE}">
${translated(FILE_COMMENTS, (text, locale) => `    <comment${locale && ` xml:lang="${locale}"`}>${text}</comment>`)}
    <glob pattern="*.uvvlic"/>
  </mime-type>
  <mime-type type="${CONTENT_TYPE}">
${translated(CONTENT_COMMENTS, (text, locale) => `    <comment${locale && ` xml:lang="${locale}"`}>${text}</comment>`)}
    <glob pattern="*.uvvpack"/>
  </mime-type>
</mime-info>
`;

const POLICY_MESSAGES: Translations<string> = {
  en: "Authentication is required to install an update of USB Video Vault",
  fr: "L’installation d’une mise à jour de USB Video Vault demande une authentification",
};

// An administrator's password, each time: whoever is asked has to have started an update.
const POLICY = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE policyconfig PUBLIC "-//freedesktop//DTD PolicyKit Policy Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/PolicyKit/1/policyconfig.dtd">
<policyconfig>
  <action id="app.usbvideovault.install-update">
    <description>Install an update of USB Video Vault</description>
${translated(POLICY_MESSAGES, (text, locale) => `    <message${locale && ` xml:lang="${locale}"`}>${text}</message>`)}
    <icon_name>${NAME}</icon_name>
    <defaults>
      <allow_any>auth_admin</allow_any>
      <allow_inactive>auth_admin</allow_inactive>
      <allow_active>auth_admin</allow_active>
    </defaults>
    <annotate key="org.freedesktop.policykit.exec.path">/${HELPER}</annotate>
  </action>
</policyconfig>
`;

const COPYRIGHT = `USB Video Vault is under the MIT license: /opt/${NAME}/resources/LICENSE.
Electron and Chromium: /opt/${NAME}/LICENSE.electron.txt and LICENSES.chromium.html.
`;
