/**
 * How a job is, in a word with its mark.
 */
import type { JobCondition } from '../../../operations/jobs/job-condition.ts'
import { Badge, type Tone } from '../parts/badge.tsx'

const words: Readonly<Record<JobCondition, readonly [tone: Tone, word: string]>> = {
  running: ['good', 'running'],
  starting: ['calm', 'starting'],
  failing: ['bad', 'failing'],
  resting: ['calm', 'stopped'],
  unsupervised: ['calm', 'does not run'],
}

/** The word. */
export function Condition({ of }: { of: JobCondition }) {
  const [tone, word] = words[of]
  return <Badge tone={tone}>{word}</Badge>
}
