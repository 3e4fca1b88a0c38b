/**
 * Log entries in the bytes of a file: lines that belong to an entry, such as those of a stack trace, are joined to it.
 * Not for reading files: see tail.ts.
 */
import { hash } from 'node:crypto'
import { type LoggedService, type LogLine, parseLine } from './formats.ts'

/** An entry as it is served: what its first line says, or, where no service writes such a line, the line as it is. */
export type LogEntry = { readonly id: string; readonly service: string } & (LogLine | { readonly line: string })

/** An entry, and the offset in the file behind its last byte. */
export type PlacedEntry = { readonly entry: LogEntry; readonly end: number }

/** What follows the first line of an entry: indented lines, empty ones, and those of stack traces that are not indented. */
const continuation = /^(\s|$|Caused by: |Suppressed: |Traceback |[\w.$]+(Exception|Error)(:|$)|[)\]}])/

const newline = 0x0a

/**
 * The entries in bytes that begin with an entry at an offset of the file. The last one is left out where more of it may
 * follow, unless it fills all the bytes: `isWhole` says that nothing follows.
 */
export function entriesIn(service: LoggedService, bytes: Buffer, offset: number, isWhole: boolean): PlacedEntry[] {
  const entries: PlacedEntry[] = []
  let open: { from: number; line: LogLine | null } | null = null
  const close = (to: number) => {
    if (open) entries.push(placed(service, bytes.subarray(open.from, to), open.line, offset + open.from))
    open = null
  }
  let from = 0
  for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
    const text = bytes.toString('utf8', from, to)
    const line = parseLine(service, text)
    if (line || !(open && continuation.test(text))) {
      close(from)
      open = { from, line }
    }
    from = to + 1
  }
  if (isWhole) close(bytes.length)
  if (entries.length === 0 && bytes.length >= mostEntryBytes) return [placed(service, bytes, null, offset)]
  return entries
}

/** Lines are served up to this length: one that is longer is served in parts. */
export const mostEntryBytes = 256 * 1_024

/** The id depends on place and content, so that a file that begins anew has entries of its own. */
function placed(service: LoggedService, bytes: Buffer, line: LogLine | null, offset: number): PlacedEntry {
  const text = bytes.toString('utf8').trimEnd()
  const id = `${service}-${offset}-${hash('sha256', bytes).slice(0, 12)}`
  const end = offset + bytes.length
  if (!line) return { entry: { id, service, line: text }, end }
  const firstEnd = text.indexOf('\n')
  const message = firstEnd < 0 ? line.message : line.message + text.slice(firstEnd)
  return { entry: { id, ...line, message }, end }
}
