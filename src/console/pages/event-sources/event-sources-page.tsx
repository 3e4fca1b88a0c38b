/**
 * All event source mappings: wanted, state, lag, last result.
 */
import type { EventSource } from '../../../operations/event-sources/event-sources.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { count, duration } from '../format.ts'
import { Badge } from '../parts/badge.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Answered, Nothing } from '../parts/states.tsx'
import { stateOf } from './mapping-state.ts'

const columns: readonly Column<EventSource>[] = [
  { head: 'Mapping', cell: ({ id }) => <a href={`/event-sources/${id}`}>{id}</a> },
  {
    head: 'State',
    cell: (source) => {
      const { tone, word } = stateOf(source)
      return <Badge tone={tone}>{word}</Badge>
    },
  },
  { head: 'Topic', cell: ({ topic }) => (topic ? <a href={`/topics/${topic}`}>{topic}</a> : 'none') },
  {
    head: 'Lag',
    isFigure: true,
    cell: ({ lag }) => {
      const sum = lag?.reduce((all, each) => all + each.lag, 0)
      return sum === undefined ? 'unknown' : <b class={sum > 0 ? 'is-behind' : undefined}>{count(sum)}</b>
    },
  },
  { head: 'p99', isFigure: true, cell: ({ pollers }) => duration(pollers[0]?.status.invocationMs?.p99 ?? null) },
  {
    head: 'Last result',
    cell: ({ problem, pollers }) => problem ?? pollers[0]?.status.lastProcessingResult ?? 'no poller runs',
  },
]

/** The page. */
export function EventSourcesPage() {
  const answer = useAnswer('event sources', () => answered(api['event-sources'].$get()), 2_000)
  return (
    <>
      <PageHead
        title="Event sources"
        lead="Kafka event source mappings: what invokes the functions, and how far each is."
      />
      <Answered answer={answer} what="event source mappings">
        {(sources) =>
          sources.length === 0 ? (
            <Nothing title="No mapping is deployed">
              <code>npm start</code> deploys them.
            </Nothing>
          ) : (
            <DataTable name="Event source mappings" columns={columns} items={sources} keyOf={({ id }) => id} />
          )
        }
      </Answered>
    </>
  )
}
