/**
 * The groups of a topic: how far each is behind, by partition and over time.
 */
import type { GroupOnTopic } from '../../../operations/topics/cluster.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { count } from '../format.ts'
import { Badge } from '../parts/badge.tsx'
import { Chart } from '../parts/chart.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Nothing } from '../parts/states.tsx'

/** All groups that have committed on the topic. */
export function TopicGroups({ groups }: { groups: readonly GroupOnTopic[] }) {
  if (groups.length === 0)
    return <Nothing title="No group reads this topic">None has committed an offset on it.</Nothing>
  return (
    <>
      {groups.map((group) => (
        <Group key={group.group} {...group} />
      ))}
    </>
  )
}

function Group({ group, state, partitions }: GroupOnTopic) {
  const lag = partitions.reduce((sum, each) => sum + each.lag, 0)
  return (
    <section class="group-section" aria-label={`Group ${group}`}>
      <div class="group-head">
        <h2>{group}</h2>
        <Badge tone={lag === 0 ? 'good' : 'warning'}>{lag === 0 ? 'caught up' : `${count(lag)} behind`}</Badge>
        <span class="faint">{state.toLowerCase()}</span>
      </div>
      <LagChart group={group} />
      <DataTable
        name={`Partitions of ${group}`}
        items={partitions}
        keyOf={({ partition }) => String(partition)}
        columns={[
          { head: 'Partition', cell: ({ partition }) => String(partition) },
          {
            head: 'Committed',
            isFigure: true,
            cell: ({ committed }) => (committed === null ? 'none' : count(committed)),
          },
          { head: 'End', isFigure: true, cell: ({ end }) => count(end) },
          {
            head: 'Lag',
            isFigure: true,
            cell: (each) => <b class={each.lag > 0 ? 'is-behind' : undefined}>{count(each.lag)}</b>,
          },
        ]}
      />
    </section>
  )
}

/** The lag of each partition over the minutes that are remembered; nothing for groups that are not watched. */
export function LagChart({ group }: { group: string }) {
  const { value } = useAnswer(
    `lag ${group}`,
    () => answered(api.groups[':group'].lag.$get({ param: { group } })),
    2_000,
  )
  const last = value?.at(-1)
  if (!value || !last || value.length < 2) return null
  const series = last.lags.map((_, partition) => ({
    name: `partition ${partition}`,
    values: value.map(({ lags }) => lags[partition] ?? null),
  }))
  const sum = last.lags.reduce((a, b) => a + b, 0)
  return (
    <Chart
      times={value.map(({ at }) => at)}
      series={series}
      summary={`Lag of ${group} by partition over time, ${count(sum)} now in all`}
      height={180}
    />
  )
}
