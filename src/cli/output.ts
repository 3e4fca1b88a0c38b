/**
 * Where commands print: results on stdout, everything else on stderr.
 */

/** Prints a result for a person. */
export function printResult(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Prints a result for a script: one JSON value on one line. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** Prints a line of progress. */
export function printProgress(line: string): void {
  process.stderr.write(`${line}\n`)
}
