import type { FileSteps, LedgerPorts } from "../../src-main/ledger/index.ts";

/** Kills this process at once, like a power cut: no code after it runs. */
export function killSelf(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;);
}

/** The ledger's ports with a named kill point before and after every step; the process is killed at the armed point. */
export function withKillPoints(
  ports: Pick<LedgerPorts, "files" | "secrets">,
  stickRoot: string,
  armed: string | undefined,
): Pick<LedgerPorts, "files" | "secrets"> {
  const { files, secrets } = ports;
  const written = new Map<unknown, string>();
  const targetOf = (path: string) => (path.startsWith(stickRoot) ? "copy" : "file");
  let keychainWrites = 0;

  function reach(point: string): void {
    if (point === armed) killSelf();
  }

  async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
    reach(`before ${name}`);
    const value = await work();
    reach(`after ${name}`);
    return value;
  }

  const steps: FileSteps = {
    ...files,
    makeFolder: (path) => step(`${targetOf(path)} folder`, () => files.makeFolder(path)),
    create: (path) =>
      step(`${targetOf(path)} create`, async () => {
        const file = await files.create(path);
        written.set(file, targetOf(path));
        return file;
      }),
    write: (file, content) =>
      step(`${written.get(file)} write`, async () => {
        if (armed === `half ${written.get(file)} write`) {
          await files.write(file, content.slice(0, content.length / 2));
          killSelf();
        }
        await files.write(file, content);
      }),
    sync: (file) => step(`${written.get(file)} sync`, () => files.sync(file)),
    close: (file) => step(`${written.get(file)} close`, () => files.close(file)),
    rename: (from, to) => step(`${targetOf(to)} rename`, () => files.rename(from, to)),
    syncFolder: (path) => step(`${targetOf(path)} folder sync`, () => files.syncFolder(path)),
  };
  return {
    files: steps,
    secrets: {
      read: secrets.read,
      write: (name, secret) => {
        keychainWrites++;
        return step(`keychain ${keychainWrites}`, async () => {
          const writing = secrets.write(name, secret);
          // The request is already on its way to the keychain's process; nobody receives the answer.
          if (armed === `during keychain ${keychainWrites}`) setImmediate(killSelf);
          return writing;
        });
      },
    },
  };
}

const FILE_STEPS = ["folder", "create", "write", "sync", "close", "rename", "folder sync"];
const around = (name: string) => [`before ${name}`, `after ${name}`];
const ofFile = (target: string) => [
  ...FILE_STEPS.flatMap((name) => around(`${target} ${name}`)),
  `half ${target} write`,
];
const ofKeychain = (write: number) => [...around(`keychain ${write}`), `during keychain ${write}`];

/** The kill points of a write on a computer that has a ledger. */
export const LATER_POINTS = [...ofFile("file"), ...ofKeychain(1), ...ofFile("copy")];
/** The kill points of the very first write: the key is stored in the keychain before there is a file. */
export const FIRST_POINTS = [...ofKeychain(1), ...ofFile("file"), ...ofKeychain(2)];
