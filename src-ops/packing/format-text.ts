/** The text file on each stick, for somebody who finds it and has no player. */
export const FORMAT_TEXT = `# USB Video Vault

This stick carries videos, encrypted and signed by their publisher. They are played by the app "USB Video Vault" with
a license for this stick; without one the content cannot be read. Please leave the folder VAULT as it is.

Cette clé USB contient des vidéos chiffrées et signées par leur éditeur. L'application « USB Video Vault » les lit avec
une licence pour cette clé ; sans licence le contenu est illisible. Merci de ne rien changer dans le dossier VAULT.

- vault.json: the vault's id, the stick's id, the format version
- manifest.N.jws: the signed list of all files with their sizes and SHA-256 hashes; the highest valid N counts
- manifest.N.uvv: the encrypted catalog
- data/ID/000, 001, ...: the encrypted files in parts of at most 1 GiB; joined in this order they are one file in C2SP
  chunked encryption (Cobblestone-256)
- licenses/: licenses for this stick, if any

The formats are described in docs/formats of the project: stick.md, container.md, license.md.
`;
