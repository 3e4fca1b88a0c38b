/**
 * One topic: its records, groups, partitions and settings.
 */

import { useState } from 'preact/hooks'
import { useLocation, useRoute } from 'preact-iso'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { count, many } from '../format.ts'
import { DataTable } from '../parts/data-table.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Answered } from '../parts/states.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { TopicGroups } from './groups.tsx'
import { ProduceDialog } from './produce-dialog.tsx'
import { Records } from './records.tsx'

const parts = [
  ['records', 'Records'],
  ['groups', 'Groups'],
  ['partitions', 'Partitions'],
  ['settings', 'Settings'],
] as const

/** The page. */
export function TopicPage() {
  const { params } = useRoute()
  const { query } = useLocation()
  const topic = params.topic ?? ''
  const [isProducing, setProducing] = useState(false)
  const answer = useAnswer(`topic ${topic}`, () => answered(api.topics[':topic'].$get({ param: { topic } })), 2_000)
  const current = parts.find(([id]) => id === query.part)?.[0] ?? 'records'
  const canProduce = answer.value?.pipeline != null && !/\.(dlt|parked)$/.test(topic)
  const held = answer.value?.partitions.reduce((sum, { start, end }) => sum + end - start, 0)
  return (
    <>
      <PageHead
        title={topic}
        up={['/topics', 'Topics']}
        lead={
          held === undefined
            ? undefined
            : `${many(held, 'record')} in ${many(answer.value?.partitions.length ?? 0, 'partition')}`
        }
      >
        {canProduce && (
          <>
            <a class="button" href={`/subjects/${topic}-value`}>
              Schema
            </a>
            <button type="button" onClick={() => setProducing(true)}>
              Produce a record
            </button>
          </>
        )}
      </PageHead>
      <Tabs parts={parts} current={current} />
      {current === 'records' && <Records key={topic} topic={topic} partitions={answer.value?.partitions.length ?? 0} />}
      {current !== 'records' && (
        <Answered answer={answer} what={`topic ${topic}`}>
          {({ groups, partitions, settings }) => (
            <>
              {current === 'groups' && <TopicGroups groups={groups} />}
              {current === 'partitions' && (
                <DataTable
                  name="Partitions"
                  items={partitions}
                  keyOf={({ partition }) => String(partition)}
                  columns={[
                    { head: 'Partition', cell: ({ partition }) => String(partition) },
                    { head: 'First offset', isFigure: true, cell: ({ start }) => count(start) },
                    { head: 'Next offset', isFigure: true, cell: ({ end }) => count(end) },
                    { head: 'Records', isFigure: true, cell: ({ start, end }) => count(end - start) },
                    { head: 'Leader', isFigure: true, cell: ({ leader }) => String(leader) },
                    { head: 'Replicas', cell: ({ replicas }) => replicas.join(', ') },
                    { head: 'In sync', cell: ({ inSync }) => inSync.join(', ') },
                  ]}
                />
              )}
              {current === 'settings' && (
                <DataTable
                  name="Settings"
                  items={settings}
                  keyOf={({ name }) => name}
                  columns={[
                    { head: 'Setting', cell: ({ name, isDefault }) => (isDefault ? name : <b>{name}</b>) },
                    { head: 'Value', cell: ({ value }) => <code>{value || '(empty)'}</code> },
                    {
                      head: 'Whose',
                      cell: ({ isDefault }) => (isDefault ? <span class="faint">default</span> : 'this topic'),
                    },
                  ]}
                />
              )}
            </>
          )}
        </Answered>
      )}
      {isProducing && <ProduceDialog topic={topic} onClose={() => setProducing(false)} />}
    </>
  )
}
