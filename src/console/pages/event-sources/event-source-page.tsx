/**
 * One mapping: its state, what it did, every setting with its default; and whether it is to run.
 */
import { useRoute } from 'preact-iso'
import type { EventSource, PollerWord } from '../../../operations/event-sources/event-sources.ts'
import { answered } from '../../client.ts'
import { api, useAnswer, useChange } from '../ask.ts'
import { count, duration } from '../format.ts'
import { Badge } from '../parts/badge.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Metric } from '../parts/metric.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Answered, Problem } from '../parts/states.tsx'
import { Ago } from '../parts/time.tsx'
import { LagChart } from '../topics/groups.tsx'
import { stateOf } from './mapping-state.ts'

/** The page. */
export function EventSourcePage() {
  const { params } = useRoute()
  const id = params.id ?? ''
  const answer = useAnswer(
    `event source ${id}`,
    () => answered(api['event-sources'][':id'].$get({ param: { id } })),
    2_000,
  )
  const want = useChange(async (isWanted: boolean) => {
    const received = await answered(api['event-sources'][':id'].want.$post({ param: { id }, json: { isWanted } }))
    answer.again()
    return received
  })
  const source = answer.value
  return (
    <>
      <PageHead title={id} up={['/event-sources', 'Event sources']} lead={source && <Lead source={source} />}>
        {source && !source.problem && (
          <button type="button" disabled={want.isRunning} onClick={() => want.run(!source.isWanted)}>
            {want.isRunning ? 'Waiting for the poller' : source.isWanted ? 'Disable' : 'Enable'}
          </button>
        )}
      </PageHead>
      {want.error && <Problem error={want.error} />}
      {want.done && (
        <p class="bar" role="status">
          {want.done.isWanted ? 'Enabled' : 'Disabled'}:{' '}
          {want.done.isTakenOn === null
            ? 'no poller runs; the next one will hold to it'
            : want.done.isTakenOn
              ? 'every poller has taken it on'
              : 'not every poller has taken it on within 30 s'}
          .
        </p>
      )}
      <Answered answer={answer} what={`mapping ${id}`} lines={10}>
        {(found) => <Whole source={found} />}
      </Answered>
    </>
  )
}

function Lead({ source }: { source: EventSource }) {
  const { tone, word } = stateOf(source)
  return (
    <>
      <Badge tone={tone}>{word}</Badge> wanted {source.isWanted ? 'enabled' : 'disabled'} by{' '}
      {source.wantedBy === 'operator' ? 'an operator' : 'its definition'}
    </>
  )
}

function Whole({ source }: { source: EventSource }) {
  const { problem, pollers, settings, consumerGroupId, topic, lag } = source
  return (
    <>
      {problem && <p class="problem">{problem}</p>}
      {topic && (
        <p>
          Reads <a href={`/topics/${topic}`}>{topic}</a> as group <code>{consumerGroupId}</code>, invokes{' '}
          <code>{source.functionName}</code>.{' '}
          {lag && `${count(lag.reduce((sum, each) => sum + each.lag, 0))} records behind.`}
        </p>
      )}
      {consumerGroupId && <LagChart group={consumerGroupId} />}
      {pollers.map((poller) => (
        <Poller key={poller.pid} poller={poller} />
      ))}
      <h2>Settings</h2>
      <DataTable
        name="Settings"
        items={settings}
        keyOf={({ name }) => name}
        columns={[
          { head: 'Setting', cell: ({ name }) => name },
          { head: 'Value', cell: ({ value }) => <code>{value}</code> },
          {
            head: 'Default',
            cell: (setting) =>
              setting.default === null ? (
                <span class="faint">required</span>
              ) : setting.default === setting.value ? (
                <span class="faint">the same</span>
              ) : (
                <code>{setting.default}</code>
              ),
          },
        ]}
      />
    </>
  )
}

function Poller({ poller: { pid, name, at, status } }: { poller: PollerWord }) {
  const { lastProcessingResult, invocationsInFlight, invocationMs, metrics, partitions } = status
  return (
    <section class="poller" aria-label={`Poller ${pid}`}>
      <h2>
        Poller{' '}
        <span class="faint">
          {name}, process {pid}, <Ago at={at} />
        </span>
      </h2>
      <dl class="facts">
        <dt>Last result</dt>
        <dd>{lastProcessingResult}</dd>
        <dt>Invocations</dt>
        <dd>
          {count(invocationsInFlight)} in flight
          {invocationMs &&
            `, half within ${duration(invocationMs.p50)}, 99 % within ${duration(invocationMs.p99)} in the last minute`}
        </dd>
        <dt>Partitions</dt>
        <dd>{partitions.map(({ partition }) => partition).join(', ') || 'none'}</dd>
      </dl>
      <dl class="metrics">
        {Object.entries(metrics).map(([metric, value]) => (
          <Metric
            key={metric}
            name={metric}
            text={count(value)}
            isBad={value > 0 && /Error|Failed|Dropped/.test(metric)}
          />
        ))}
      </dl>
    </section>
  )
}
