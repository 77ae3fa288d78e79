// Loaded before a program under test: kills the process, like a power cut, at its n-th change to the file system.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { writeSync } from "node:fs";
import { createRequire } from "node:module";

const promises = createRequire(import.meta.url)("node:fs/promises");
const at = Number(process.env.UVV_KILL_AT ?? "0");
const when = process.env.UVV_KILL_WHEN ?? "before";
let steps = 0;

const die = () => {
  process.kill(process.pid, "SIGKILL");
  for (;;);
};

// Reading changes nothing, so being killed before or after it makes no difference.
const isReading = (name, flags) =>
  name === "open" && (flags === "r" || (typeof flags === "number" && (flags & 3) === 0));

function around(name, work) {
  return async function step(...args) {
    if (isReading(name, args[1])) return work.apply(this, args);
    const isLast = ++steps === at;
    if (isLast && when === "before") die();
    if (isLast && when === "half" && name === "write" && args[0]?.length > 1) {
      await work.call(this, args[0].slice(0, args[0].length / 2));
      die();
    }
    try {
      return await work.apply(this, args);
    } finally {
      // Also if it fails, as removing a file that is not there does.
      if (isLast) die();
    }
  };
}

const handle = await fs.open(new URL(import.meta.url), "r");
const FileHandle = Object.getPrototypeOf(handle);
await handle.close();
FileHandle.writeFile = around("write", FileHandle.writeFile);
FileHandle.sync = around("sync", FileHandle.sync);
// `half` is for whole files: a write at a position is one of many.
FileHandle.write = around("writeAt", FileHandle.write);
FileHandle.datasync = around("datasync", FileHandle.datasync);
FileHandle.truncate = around("truncate", FileHandle.truncate);
for (const name of ["rename", "rm", "unlink", "mkdir", "mkdtemp", "link", "copyFile", "writeFile", "open"])
  promises[name] = around(name, promises[name]);
// Third-party libraries use the callback functions.
const callbacks = createRequire(import.meta.url)("node:fs");
for (const name of ["rename", "unlink", "rmdir", "mkdir", "writeFile"]) {
  const work = callbacks[name];
  callbacks[name] = (...args) => {
    const done = args.pop();
    const isLast = ++steps === at;
    if (isLast && when === "before") die();
    return work(...args, (...results) => {
      if (isLast) die();
      done(...results);
    });
  };
}
syncBuiltinESMExports();

// Prints the number of steps, for the test that goes through all of them.
process.on("exit", () => {
  if (process.env.UVV_KILL_AT === undefined) writeSync(2, `steps ${steps}\n`);
});
