import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

/** A certificate for these host names that its own key has signed, as people make it with openssl. */
export function certificateFor(...names: string[]) {
  return certificateIn(temporaryFolder(), ...names);
}

/** The same in a folder that exists. */
export function certificateIn(folder: string, ...names: string[]) {
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const about = ["-subj", `/CN=${names[0]}`, "-addext", `subjectAltName=${names.map((name) => `DNS:${name}`).join()}`];
  execFileSync("openssl", [...made, ...about, "-keyout", keyFile, "-out", certFile], { stdio: "ignore" });
  return { certFile, key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8") };
}
