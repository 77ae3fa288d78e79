import type { GateCatalog } from "./gate-catalog.ts";

export const GATE_WORDS_FR: GateCatalog = {
  time: {
    name: "Durée",
    explanation:
      "Depuis quand l’anneau utilise la version. Certains défauts n’apparaissent qu’après des jours : il faut attendre.",
    sentence: ({ value, limit }) => `Elle est observée depuis ${value} sur ${limit}.`,
  },
  reporting: {
    name: "Remontées",
    explanation:
      "Combien d’ordinateurs ont donné des nouvelles récemment. Un ordinateur muet ne compte jamais comme sain.",
    sentence: ({ have, need }) => `Ordinateurs qui donnent des nouvelles : ${have} ; il en faut ${need}.`,
  },
  funnel: {
    name: "Installation",
    explanation:
      "Combien d’ordinateurs ont reçu l’offre, téléchargé, installé et démarré la version, chaque étape à temps.",
    sentence: ({ have, need }) => `Ordinateurs qui l’utilisent : ${have} ; il en faut ${need}.`,
  },
  unheard: {
    name: "Ordinateurs sans nouvelles",
    explanation: "Les ordinateurs qui l’ont installée sans jamais la démarrer, ou dont on ne sait rien du tout.",
    sentence: ({ names }) => `Aucune nouvelle de la version sur ${names}.`,
  },
  exposure: {
    name: "Usage de chaque ordinateur",
    explanation: "Si presque chaque ordinateur a vraiment servi. Un ordinateur très utilisé ne dit rien des autres.",
    sentence: ({ have, need }) => `Ordinateurs qui ont assez servi : ${have} ; il en faut ${need}.`,
  },
  outliers: {
    name: "Ordinateurs isolés",
    explanation: "Si un ordinateur échoue bien plus que le hasard ne l’explique, alors que l’anneau paraît bon.",
    sentence: ({ names }) => `Un ordinateur échoue plus que le hasard ne l’explique : ${names}.`,
  },
  classes: {
    name: "Types d’ordinateurs",
    explanation: "Si la version échoue sur un système ou un processeur, et si chaque type a été essayé.",
    sentence: ({ names, have, need }) =>
      names === "–"
        ? `${have} types d’ordinateurs sur ${need} ont été essayés.`
        : `Un type d’ordinateur échoue : ${names}.`,
  },
  security: {
    name: "Sécurité",
    explanation: "Si l’application a refusé une licence authentique. C’est inacceptable : un seul cas arrête ring0.",
    sentence: ({ value }) => `Une licence authentique a été refusée, avec certitude sur ${value} ordinateurs.`,
  },
  crashes: {
    name: "Arrêts brutaux",
    explanation:
      "Combien de fois une partie de l’application s’est arrêtée seule. Là où un arrêt suffit, aucun n’est permis.",
    sentence: ({ value }) => `L’application s’est arrêtée brutalement : ${value} fois.`,
  },
  crashrate: {
    name: "Fréquence des arrêts",
    explanation: "Les arrêts brutaux par session. Une série d’arrêts stoppe la version dans chaque anneau.",
    sentence: ({ value }) => `Trop de sessions s’arrêtent brutalement : ${value}.`,
  },
  sequential: {
    name: "Test séquentiel",
    explanation:
      "Compare après chaque opération la vraisemblance d’une bonne et d’une mauvaise version. Un indice fort arrête.",
    sentence: ({ value }) => `Les échecs observés parlent contre elle : ${value}.`,
  },
  surge: {
    name: "Échecs soudains",
    explanation: "Les échecs des dernières heures seules, pour trouver vite un défaut qui commence tard.",
    sentence: ({ value, limit }) =>
      `${value} des opérations ont échoué ces dernières heures ; au plus ${limit} est permis.`,
  },
  errors: {
    name: "Opérations en échec",
    explanation:
      "La part des opérations qui échouent, avec l’incertitude d’un petit anneau. La borne doit rester sous la limite.",
    sentence: ({ value, limit, atMost }) =>
      `${value} des opérations ont échoué, et jusqu’à ${atMost} est possible ; il faut moins de ${limit}.`,
  },
  ownerrors: {
    name: "Échecs de cet anneau",
    explanation: "La même part pour cet anneau seul : les bons résultats du précédent ne doivent rien cacher.",
    sentence: ({ value, limit, atMost }) =>
      `Dans cet anneau seul, ${value} ont échoué, et jusqu’à ${atMost} est possible ; il faut moins de ${limit}.`,
  },
  errorchange: {
    name: "Échecs comparés",
    explanation:
      "Si les opérations échouent plus qu’avec la version précédente, ou que sur les ordinateurs qui ne l’ont pas.",
    sentence: ({ before, now, times }) => `Les échecs passent de ${before} à ${now} : ${times} plus.`,
  },
  crashchange: {
    name: "Arrêts comparés",
    explanation:
      "Si l’application s’arrête plus qu’avec la version précédente, ou que sur les ordinateurs qui ne l’ont pas.",
    sentence: ({ before, now, times }) =>
      `Les arrêts brutaux passent de ${before} à ${now} des sessions : ${times} plus.`,
  },
  starts: {
    name: "Démarrages lents",
    explanation: "La part des démarrages de plus de cinq secondes, avec l’incertitude d’un petit anneau.",
    sentence: ({ value, limit }) => `${value} des démarrages durent plus de 5 s ; il faut moins de ${limit}.`,
  },
  startchange: {
    name: "Démarrages comparés",
    explanation: "Si l’application démarre plus lentement que la version précédente sur les mêmes ordinateurs.",
    sentence: ({ before, now, times }) => `Les démarrages passent de ${before} à ${now} : ${times} plus longs.`,
  },
  verdicts: {
    name: "Contrôles de licence lents",
    explanation: "La part des contrôles de licence de plus d’une seconde, avec l’incertitude d’un petit anneau.",
    sentence: ({ value, limit }) => `${value} des contrôles de licence durent plus de 1 s ; il faut moins de ${limit}.`,
  },
  verdictchange: {
    name: "Contrôles comparés",
    explanation:
      "Si les licences sont contrôlées plus lentement qu’avec la version précédente sur les mêmes ordinateurs.",
    sentence: ({ before, now, times }) =>
      `Les contrôles de licence passent de ${before} à ${now} : ${times} plus longs.`,
  },
  memory: {
    name: "Mémoire",
    explanation: "La plus grande mémoire utilisée par l’application. Au-delà, un petit ordinateur ralentit.",
    sentence: ({ value, limit }) => `L’application utilise jusqu’à ${value} ; il faut moins de ${limit}.`,
  },
  memorychange: {
    name: "Mémoire comparée",
    explanation: "Si la mémoire grandit de jour en jour, ou dépasse nettement celle de la version précédente.",
    sentence: ({ value, before, now }) =>
      before === "–"
        ? `La mémoire grandit de ${value} par jour.`
        : `La mémoire passe de ${before} à ${now} et grandit de ${value} par jour.`,
  },
  uptime: {
    name: "Temps de service",
    explanation: "La part du temps où l’application était utilisable. Blocages et arrêts brutaux comptent contre elle.",
    sentence: ({ value, limit }) => `L’application était utilisable ${value} du temps ; il faut au moins ${limit}.`,
  },
  availability: {
    name: "Disponibilité",
    explanation:
      "Si les films s’ouvrent, et si dépôt et serveur répondent. Une mauvaise demi-heure suffit pour arrêter.",
    sentence: ({ value, limit }) => `Les films ne s’ouvrent pas ou le service ne répond pas : ${value} pour ${limit}.`,
  },
  feedback: {
    name: "Avis",
    explanation:
      "Les notes des pilotes, de 0 à 10. Tous répondent, la médiane est haute, et aucune note n’est très basse.",
    sentence: ({ value, limit, have, need }) =>
      have === "–"
        ? `Les pilotes ne sont pas satisfaits : médiane ${value}, il faut ${limit}.`
        : `${have} pilotes sur ${need} ont répondu.`,
  },
  tickets: {
    name: "Demandes",
    explanation: "Les demandes d’aide des pilotes : combien par semaine, et si chacune est résolue à temps.",
    sentence: ({ value, limit }) => `${value} demandes cette semaine, ${limit} permises ; ou l’une est en retard.`,
  },
  adoption: {
    name: "Adoption",
    explanation: "Combien de pilotes utilisent vraiment les fonctions dont il s’agit.",
    sentence: ({ value, limit }) => `${value} des pilotes l’utilisent ; il faut ${limit}.`,
  },
};
