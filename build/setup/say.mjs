/** One line on standard error: standard output belongs to what runs after the bootstrap. */
export function say(text) {
  process.stderr.write(`bootstrap: ${text}\n`);
}
