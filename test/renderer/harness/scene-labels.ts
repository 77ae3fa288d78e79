import type { Language } from "../../../src-shared/languages.ts";

/** The labels of the buttons on the way to a scene. */
export type Labels = {
  returnLicense: string;
  confirm: string;
  diagnostics: string;
  show: string;
  more: string;
  license: string;
  yours: string;
  settings: string;
  notices: string;
  request: string;
  speed: string;
  subtitles: string;
  lists: string;
  bookmarks: string;
  eject: string;
  sent: string;
  report: string;
  send: string;
};

export const LABELS: { readonly [language in Language]: Labels } = {
  fr: {
    more: "Plus",
    license: "Licence",
    yours: "Vos licences",
    returnLicense: "Rendre cette licence…",
    confirm: "La rendre",
    diagnostics: "Copier le diagnostic",
    show: "Afficher ce qui a été copié",
    settings: "Réglages",
    notices: "Licences tierces",
    request: "Créer une demande d’activation",
    speed: "Vitesse 1×",
    subtitles: "Son et sous-titres",
    lists: "Mes listes",
    bookmarks: "Signets",
    eject: "Éjecter sans risque",
    sent: "Afficher ce qui est envoyé",
    report: "Signaler un problème…",
    send: "Envoyer",
  },
  en: {
    more: "More",
    license: "License",
    yours: "Your licenses",
    returnLicense: "Return this license…",
    confirm: "Return it",
    diagnostics: "Copy diagnostics",
    show: "Show what was copied",
    settings: "Settings",
    notices: "Third-party licenses",
    request: "Create an activation request",
    speed: "Speed 1×",
    subtitles: "Sound and subtitles",
    lists: "My lists",
    bookmarks: "Bookmarks",
    eject: "Eject safely",
    sent: "Show what is sent",
    report: "Report a problem…",
    send: "Send",
  },
};
