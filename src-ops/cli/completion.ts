import { Argument, type Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import type { Host } from "./host.ts";
import { withJson } from "./options.ts";

const SHELLS = ["bash", "zsh"] as const;

type Options = { json?: true };

/** Adds `completion`, which prints a script. Must be called after all other commands were added. */
export function addCompletion(program: Command, host: Host): void {
  withJson(program.command("completion"))
    .description("print a script with which the shell completes commands, options and files")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .action((shell: (typeof SHELLS)[number], options: Options) =>
      host.run(options, async () => {
        const script = completionScript(program);
        const whole = shell === "zsh" ? `autoload -U +X bashcompinit && bashcompinit\n${script}` : script;
        return ok({ json: { script: whole }, lines: whole.trimEnd().split("\n") });
      }),
    );
}

/** What can stand after these words, such as `license renew`. */
type Row = { readonly after: string; readonly words: readonly string[] };

/**
 * A script for bash that contains everything, so that completing starts no program and evaluates nothing that was typed.
 * Where neither a command nor an option can stand, bash completes files.
 */
function completionScript(program: Command): string {
  const name = program.name();
  const all = commandsBelow(program, "");
  const commands = all.map(({ path, command }): Row => ({ after: path, words: namesIn(command) }));
  const options = all.map(({ path, command }): Row => ({ after: path, words: optionsOf(command) }));
  const values = all.flatMap(({ path, command }) =>
    command.options.flatMap(({ long, argChoices }): Row[] =>
      argChoices ? [{ after: `${path} ${long}`, words: argChoices }] : [],
    ),
  );
  return `_${name}_commands() {
  commands=""
  case "$1" in
${cases(commands, (words) => `commands="${words}"`)}
  esac
}
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" path="" word commands
  _${name}_commands "$path"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    case " $commands " in *" $word "*) path="$path $word"; _${name}_commands "$path" ;; esac
  done
  case "$path $previous" in
${cases(values, (words) => `${offer(words)}; return`)}
  esac
  case "$current" in
  -*)
    case "$path" in
${cases(options, offer)}
    esac ;;
  *) ${offer("$commands")} ;;
  esac
}
complete -o bashdefault -o default -F _${name} ${name}
`;
}

const offer = (words: string) => `COMPREPLY=($(compgen -W "${words}" -- "$current"))`;

function cases(rows: readonly Row[], write: (words: string) => string): string {
  return rows.map(({ after, words }) => `  "${after}") ${write(words.join(" "))} ;;`).join("\n");
}

type Placed = { readonly path: string; readonly command: Command };

/** This command and all below it; the path begins with a space, and is empty for the program. */
function commandsBelow(command: Command, path: string): Placed[] {
  const inner = command.commands.flatMap((one) => commandsBelow(one, `${path} ${one.name()}`));
  return [{ path, command }, ...inner];
}

function namesIn(command: Command): string[] {
  return command.commands.length > 0 ? [...command.commands.map((one) => one.name()), "help"] : [];
}

function optionsOf(command: Command): string[] {
  return [...command.options.flatMap(({ long }) => long ?? []), "--help"];
}
