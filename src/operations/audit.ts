/**
 * The audit log of an environment: who looked at personal data and who changed what, one JSON object a line.
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'

/** What is in the log. It names data and never holds it. */
export type AuditEntry = {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The user of this machine. */
  readonly user: string
  readonly action: string
  /** What it was done to. */
  readonly subject: string
}

const pathIn = (folder: string) => join(folder, 'audit.jsonl')

/** Writes an entry, which is on disk when it resolves: to be called before what it tells of is done. */
export async function recordAction(folder: string, action: string, subject: string): Promise<void> {
  const entry: AuditEntry = { at: Date.now(), user: userInfo().username, action, subject }
  await mkdir(folder, { recursive: true })
  await appendFile(pathIn(folder), `${JSON.stringify(entry)}\n`, { mode: 0o600, flush: true })
}

/** The latest entries, newest first. */
export async function latestActions(folder: string, count: number): Promise<AuditEntry[]> {
  const text = await readFile(pathIn(folder), 'utf8').catch(() => '')
  const lines = text.split('\n').filter(Boolean).slice(-count)
  return lines.map((line) => JSON.parse(line) as AuditEntry).reverse()
}
