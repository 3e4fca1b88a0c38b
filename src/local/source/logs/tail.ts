/**
 * Pages of the log files of an environment, from a cursor on. A file that was rotated is read to its end before the one
 * that took its place; one that was cut short, or begun anew, is read from its beginning.
 */
import { hash } from 'node:crypto'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BadRequest } from '../parameters.ts'
import { entriesIn, type LogEntry, mostEntryBytes, type PlacedEntry } from './entries.ts'
import { type LoggedService, loggedServices } from './formats.ts'

/** How far a file was read. `head` tells the file from another at its place: the hash of its first bytes, of those read. */
type Place = { readonly inode: number; readonly offset: number; readonly head: string }
type Places = Partial<Record<LoggedService, Place>>

/** A page of entries, and the cursor behind it. */
export type LogPage = { readonly entries: readonly LogEntry[]; readonly next: string }

const headBytes = 256
/** Nothing follows the last entry of a file that nobody has written to for so long. */
const restMs = 1_000

/**
 * At most so many entries behind the cursor (null: from the beginning), the earliest of all files first. A file that is
 * not there has none. Fails with {@link BadRequest} for a cursor that is none.
 */
export async function logPage(folder: string, after: string | null, limit: number): Promise<LogPage> {
  const places = placesOf(after)
  const files = await readdir(folder).catch(() => [])
  const parts = await Promise.all(loggedServices.map((service) => readOn(folder, files, service, places[service])))
  const next: Places = { ...places }
  const entries: LogEntry[] = []
  const waiting = parts.filter((part) => part !== null)
  while (entries.length < limit) {
    const part = earliest(waiting)
    const placed = part?.entries.shift()
    if (!part || !placed) break
    entries.push(placed.entry)
    next[part.service] = part.placeAt(placed.end)
  }
  // A rotated file that was read to its end is left for good.
  for (const part of waiting) if (part.entries.length === 0 && part.successor) next[part.service] = part.successor
  return { entries, next: Buffer.from(JSON.stringify(next)).toString('base64url') }
}

/** What can be read of one service's log now. */
type Part = {
  readonly service: LoggedService
  readonly entries: PlacedEntry[]
  readonly placeAt: (offset: number) => Place
  /** The beginning of the file that took the place of this one. */
  readonly successor: Place | null
}

async function readOn(
  folder: string,
  files: readonly string[],
  service: LoggedService,
  place: Place | undefined,
): Promise<Part | null> {
  const current = `${service}.log`
  // A rotated file has a longer name.
  const candidates = files.filter((name) => name === current || name.startsWith(`${current}.`)).sort()
  for (const name of place && place.offset > 0 ? candidates : []) {
    const part = await readFrom(join(folder, name), service, place ?? null, name !== current)
    if (part) return part
  }
  return candidates.includes(current) ? readFrom(join(folder, current), service, null, false) : null
}

/** The entries behind a place; null where the file is not the one of the place. Without a place, from the beginning. */
async function readFrom(
  path: string,
  service: LoggedService,
  place: Place | null,
  isRotated: boolean,
): Promise<Part | null> {
  const file = await open(path).catch(() => null)
  if (!file) return null
  try {
    const { size, ino, mtimeMs } = await file.stat()
    const head = await bytesOf(file, 0, headBytes)
    const headOf = (offset: number) => hash('sha256', head.subarray(0, Math.min(offset, headBytes)))
    const offset = place?.offset ?? 0
    if (place && (size < offset || headOf(offset) !== place.head || ino !== place.inode)) return null
    const bytes = await bytesOf(file, offset, mostEntryBytes)
    const isWhole = offset + bytes.length === size && (isRotated || Date.now() - mtimeMs > restMs)
    return {
      service,
      entries: entriesIn(service, bytes, offset, isWhole),
      placeAt: (end) => ({ inode: ino, offset: end, head: headOf(end) }),
      successor: isRotated && isWhole ? { inode: 0, offset: 0, head: '' } : null,
    }
  } finally {
    await file.close()
  }
}

async function bytesOf(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, offset)
  return buffer.subarray(0, bytesRead)
}

/** The part whose next entry is the earliest; a line without a time goes first. */
function earliest(parts: readonly Part[]): Part | null {
  let found: Part | null = null
  for (const part of parts) {
    if (part.entries.length > 0 && (!found || timeOf(part) < timeOf(found))) found = part
  }
  return found
}

function timeOf({ entries: [first] }: Part): string {
  return first && 'at' in first.entry ? first.entry.at : ''
}

function placesOf(after: string | null): Places {
  if (after === null) return {}
  try {
    const places: unknown = JSON.parse(Buffer.from(after, 'base64url').toString())
    if (places && typeof places === 'object' && Object.entries(places).every(isPlace)) return places
  } catch {}
  throw new BadRequest('The parameter after is the "next" of a page.')
}

function isPlace([service, place]: [string, unknown]): boolean {
  const { inode, offset, head } = (place ?? {}) as Partial<Place>
  const isNumber = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0
  return (
    (loggedServices as readonly string[]).includes(service) &&
    isNumber(inode) &&
    isNumber(offset) &&
    typeof head === 'string'
  )
}
