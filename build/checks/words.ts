// Checks that the repository does not name paths of somebody's machine, private package servers, or the tools that it
// was written with.
import { join } from "node:path";
import { commitMessages, type Finding, type KeptText, report, trackedFiles } from "./repository.ts";

// One letter of each word is in brackets, so that this file does not match itself.
const WORDS: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "a path of one machine", pattern: /(?<![\w.~*})-])\/(?:[w]ork|[r]oot)\/[\w.]/ },
  {
    what: "a home folder",
    pattern: /(?<![\w.-])\/(?:[h]ome|[U]sers)\/(?!<|\$|\{|someone\b)[a-z]\w*|\b[A-Z]:\\+[U]sers\\+\w/,
  },
  { what: "a package server", pattern: /\b(?:[a]rtifactory|[v]erdaccio|[n]exus\.)|\b[r]egistry\s*=|--[r]egistry\b/i },
  { what: "a package server", pattern: /"[r]esolved": "(?!https:\/\/registry\.npmjs\.org\/)/ },
  { what: "an address of a private network", pattern: /https?:\/\/(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d/ },
  {
    what: "how it was written",
    pattern:
      /\b(?:[s]ub-?agents?|(?:AI|coding|software) [a]gents?|[l]anguage models?|[L]LMs?|[c]hatbots?|[A]I[- ](?:assistants?|generated|written))\b/,
  },
  {
    what: "how it was written",
    pattern:
      /\b(?:[s]ystem prompts?|[p]rompt engineering|(?:my|the|these) [p]rompts?|(?:this|the|an?) [w]ork(?:ing)? session)\b/i,
  },
  { what: "how it was written", pattern: /^[C]o-authored-by:.*\b(?:bot|noreply@(?!.*github))/im },
];

export function findWords(files: readonly KeptText[]): Finding[] {
  return files.flatMap(({ name, text }) =>
    WORDS.flatMap(({ what, pattern }) => {
      const match = pattern.exec(text);
      if (!match) return [];
      const line = text.slice(0, match.index).split("\n").length;
      return [{ where: `${name}:${line}`, what: `${what} (${match[0].trim()})` }];
    }),
  );
}

if (import.meta.main) {
  const repository = process.argv[2] ?? join(import.meta.dirname, "../..");
  const files = [...trackedFiles(repository), ...commitMessages(repository)];
  report("words", files.length, findWords(files));
}
