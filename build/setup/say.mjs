/** Prints one line on standard error: standard output belongs to the program that runs after the bootstrap. */
export function say(text) {
  process.stderr.write(`bootstrap: ${text}\n`);
}
