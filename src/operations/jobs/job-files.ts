/**
 * What an environment keeps of a job, in a folder each: what was counted, an operator's word. They
 * outlast the process that supervises the job, and belong to the environment's data.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JobStatus } from './supervise-job.ts'

/** What an operator wants of a job. */
export type JobWord = {
  readonly isWanted: boolean
  /** When it was said, in ms since the epoch; 0 for never. */
  readonly at: number
}

/** A status as it was written last. */
export type StoredStatus = JobStatus & {
  /** The process that supervised the job. */
  readonly pid: number
  /** Milliseconds since the epoch. */
  readonly writtenAt: number
  /** `at` of the latest word that was taken on. */
  readonly wordAt: number
}

/** The files of one job. What cannot be read is as if it were not there. */
export type JobFiles = {
  readWord(): JobWord
  writeWord(word: JobWord): void
  readStatus(): StoredStatus | null
  writeStatus(status: StoredStatus): void
}

/** The files of a job in the environment of that folder. */
export function jobFiles(environment: string, job: string): JobFiles {
  const folder = join(environment, 'data', 'jobs', job)
  const write = (name: string, content: unknown) => {
    mkdirSync(folder, { recursive: true })
    const path = join(folder, name)
    writeFileSync(`${path}.new`, `${JSON.stringify(content)}\n`)
    renameSync(`${path}.new`, path)
  }
  const read = <T>(name: string): T | null => {
    try {
      return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T
    } catch {
      return null
    }
  }
  return {
    readWord: () => read<JobWord>('word.json') ?? { isWanted: true, at: 0 },
    writeWord: (word) => write('word.json', word),
    readStatus: () => read<StoredStatus>('status.json'),
    writeStatus: (status) => write('status.json', status),
  }
}
