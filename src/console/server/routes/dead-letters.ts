/**
 * Dead letters by reason, one with its record, and their redrive.
 */
import { Hono } from 'hono'
import * as v from 'valibot'
import { formatPosition } from '../../../core/headers.ts'
import { deadLetterTopic, parkingTopic } from '../../../core/names.ts'
import { recordAction } from '../../../operations/audit.ts'
import type { DeadLetter } from '../../../operations/dead-letters/dead-letter.ts'
import { deadLetterGroups } from '../../../operations/dead-letters/dead-letter-groups.ts'
import { deadLetterRecord, deadLettersOf, describeDeadLetter } from '../../../operations/dead-letters/dead-letters.ts'
import { findTopic, ownedTopics, planRedrive, redrive } from '../../../operations/dead-letters/redrive.ts'
import type { RedriveStep, Selection } from '../../../operations/dead-letters/redrive-plan.ts'
import { viewerOf } from '../../../operations/topics/records.ts'
import type { ConsoleContext } from '../context.ts'
import { body, count, query } from '../input.ts'
import { shared } from '../shared.ts'

const selection = v.union([
  v.object({ partition: v.number(), offset: v.number() }),
  v.object({ all: v.literal(true), code: v.nullable(v.string()) }),
])

/** Most steps of a plan that are listed; all are counted. */
const mostSteps = 100

/** The routes. */
export function deadLetterRoutes({ pipelines, clients, place }: ConsoleContext) {
  const lettersOf = new Map(
    ownedTopics(pipelines).map(({ topic }) => [topic, shared(1_000, () => deadLettersOf(topic, clients))]),
  )
  const letters = (topic: string) => (lettersOf.get(topic) as () => Promise<DeadLetter[]>)()
  return new Hono()
    .get('/dead-letters', async (c) => {
      const topics = ownedTopics(pipelines).map(async ({ pipeline, topic }) => ({
        ...{ pipeline: pipeline.name, topic, deadLetters: deadLetterTopic(topic), parking: parkingTopic(topic) },
        groups: deadLetterGroups(await letters(topic)),
      }))
      return c.json(await Promise.all(topics))
    })
    .get(
      '/dead-letters/:topic',
      query(v.object({ code: v.optional(v.string()), limit: count(1_000, 200) })),
      async (c) => {
        const { topic } = findTopic(pipelines, c.req.param('topic'))
        const { code, limit } = c.req.valid('query')
        const found = (await letters(topic)).filter((letter) => code === undefined || letter.code === code)
        return c.json({ count: found.length, letters: found.slice(-limit).reverse() })
      },
    )
    .get('/dead-letters/:topic/:partition{\\d+}/:offset{\\d+}', async (c) => {
      const { topic } = findTopic(pipelines, c.req.param('topic'))
      const at = { partition: Number(c.req.param('partition')), offset: Number(c.req.param('offset')) }
      const record = await deadLetterRecord(topic, at, clients)
      const known = (await letters(topic)).find(({ position }) => isAt(position, at))
      const view = await viewerOf(deadLetterTopic(topic), pipelines, clients)(record, false)
      return c.json({ letter: known ?? describeDeadLetter(record), record: view })
    })
    .post('/dead-letters/:topic/redrive', body(v.object({ selection, isDryRun: v.boolean() })), async (c) => {
      const owned = findTopic(pipelines, c.req.param('topic'))
      const { selection: selected, isDryRun } = c.req.valid('json')
      const steps = await planRedrive(owned, selected, clients)
      if (!isDryRun) await recordAction(place.folder, 'redrive', selectionText(owned.topic, selected))
      const sent = isDryRun ? null : await redrive(owned, steps, clients)
      return c.json({ sent, counts: countsOf(steps), steps: steps.slice(0, mostSteps) })
    })
}

function isAt(position: DeadLetter['position'], at: { readonly partition: number; readonly offset: number }): boolean {
  return position.partition === at.partition && position.offset === at.offset
}

function countsOf(steps: readonly RedriveStep[]): Record<RedriveStep['action'], number> {
  const counts = { redrive: 0, park: 0, skip: 0, refuse: 0 }
  for (const { action } of steps) counts[action] += 1
  return counts
}

function selectionText(topic: string, selected: Selection): string {
  if ('all' in selected) return `${deadLetterTopic(topic)}, ${selected.code ?? 'all'}`
  return formatPosition({ topic: deadLetterTopic(topic), ...selected })
}
