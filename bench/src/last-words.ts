/** What explains a failure best, the best first. */
const TELLING = [
  /^\w*(?:Error|Exception)\b.*?: \S/,
  /ERR! (?!code|stack|System|cwd)\S/,
  /^npm error (?!code|path|A complete log)\S/,
  /error|exception|cannot|failed/i,
  /\S/,
]

/** Finds the one line that explains best why a program has failed. */
export function lastWords(output: string): string {
  const lines = output.split('\n').map((line) => line.trim())
  for (const pattern of TELLING) {
    const found = lines.find((line) => pattern.test(line))
    if (found !== undefined) return found
  }
  return 'it said nothing'
}
