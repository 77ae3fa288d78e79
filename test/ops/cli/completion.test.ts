import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { succeed } from "../support/vaultctl.ts";

let script: string;
beforeAll(async () => {
  script = (await succeed<{ script: string }>(["completion", "bash"])).script;
});

/** What bash offers after this line, with the script that vaultctl prints; files are completed by bash itself. */
function offered(line: string, folder = "/"): readonly string[] {
  const words = line.split(" ");
  const program = `${script}
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
    _vaultctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  // No vaultctl is on the path: nothing is started.
  const output = execFileSync("bash", ["--norc", "-c", program], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin" },
  });
  return output.split("\n").filter((word) => word !== "");
}

describe("completion in bash", () => {
  it("offers commands, on each level", () => {
    expect(offered("vaultctl pa")).toEqual(["pack"]);
    expect(offered("vaultctl ")).toEqual(expect.arrayContaining(["init", "license", "stick", "help"]));
    expect(offered("vaultctl license re")).toEqual(["renew", "revoke", "restore"]);
  });

  it("offers the options of the command, also after other words", () => {
    expect(offered("vaultctl license renew --ex")).toEqual(["--extend"]);
    expect(offered("vaultctl license renew C-0001 --keys keys --unt")).toEqual(["--until"]);
    expect(offered("vaultctl pack --ex")).toEqual([]);
  });

  it("offers the values of an option that has only some", () => {
    expect(offered("vaultctl license issue --ring ")).toEqual(["ring0", "ring1", "ga"]);
    expect(offered("vaultctl license issue --ring rin")).toEqual(["ring0", "ring1"]);
  });

  it("leaves files to bash, and evaluates nothing that was typed", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "lessons"));
    expect(offered("vaultctl pack les", folder)).toEqual([]);
    expect(script).toMatch(/^complete -o bashdefault -o default /m);
    const seen = join(folder, "evaluated");
    writeFileSync(join(folder, "x"), "");
    expect(offered(`vaultctl pack $(touch ${seen}) \`touch ${seen}\` les`, folder)).toEqual([]);
    expect(() => execFileSync("test", ["-e", seen])).toThrow();
  });

  it("is printed for zsh with its bridge to bash's completion", async () => {
    const { script: zsh } = await succeed<{ script: string }>(["completion", "zsh"]);
    expect(zsh).toBe(`autoload -U +X bashcompinit && bashcompinit\n${script}`);
  });
});
