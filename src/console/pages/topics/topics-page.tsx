/**
 * All topics with what they hold and who is how far behind, and the brokers.
 */
import type { TopicStatus } from '../../../operations/topics/topics.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { count, duration, many } from '../format.ts'
import { Badge } from '../parts/badge.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Answered } from '../parts/states.tsx'

const columns: readonly Column<TopicStatus>[] = [
  { head: 'Topic', cell: ({ topic }) => <a href={`/topics/${topic}`}>{topic}</a> },
  {
    head: 'Records',
    isFigure: true,
    cell: ({ records, exists }) => (exists ? count(records) : <Badge tone="bad">missing</Badge>),
  },
  { head: 'Partitions', isFigure: true, cell: ({ partitions }) => count(partitions) },
  { head: 'Kept for', isFigure: true, cell: ({ retentionMs }) => duration(retentionMs) },
  {
    head: 'Subject',
    cell: ({ subject, schemaId }) =>
      subject ? (
        <span class="group">
          <a href={`/subjects/${subject}`}>{subject}</a> <span class="faint">id {schemaId}</span>
        </span>
      ) : (
        <span class="faint">none</span>
      ),
  },
  {
    head: 'Groups and their lag',
    cell: ({ groups, topic }) =>
      groups.length === 0 ? (
        <span class="faint">none</span>
      ) : (
        groups.map(({ group, lag }) => (
          <a key={group} class="group" href={`/topics/${topic}?part=groups`}>
            {group} <b class={lag > 0 ? 'is-behind' : undefined}>{count(lag)}</b>
          </a>
        ))
      ),
  },
]

/** The page. */
export function TopicsPage() {
  const topics = useAnswer('topics', () => answered(api.topics.$get()), 2_000)
  const brokers = useAnswer('brokers', () => answered(api.brokers.$get()), 10_000)
  return (
    <>
      <PageHead title="Topics" />
      <Answered answer={topics} what="topics" lines={8}>
        {(statuses) => <DataTable name="Topics" columns={columns} items={statuses} keyOf={({ topic }) => topic} />}
      </Answered>
      <h2>Brokers</h2>
      <Answered answer={brokers} what="brokers" lines={1}>
        {(found) => (
          <p>
            {many(found.length, 'broker')}:{' '}
            {found.map(({ id, address, isController }) => (
              <span key={id} class="broker">
                <b>{id}</b> <code>{address}</code>
                {isController && ' (controller)'}
              </span>
            ))}
          </p>
        )}
      </Answered>
    </>
  )
}
