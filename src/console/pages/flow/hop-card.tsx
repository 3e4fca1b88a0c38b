/**
 * One hop: its name, how much passes, and what is wrong with it. The whole of it leads to its page.
 */
import type { Hop, HopKind } from '../../../operations/flow/flow-hops.ts'
import { count, duration, many, rate } from '../format.ts'
import { Badge, type Tone } from '../parts/badge.tsx'
import { Spark, type SparkPoint } from '../parts/spark.tsx'

const kinds: Readonly<Record<HopKind, string>> = {
  source: 'Source',
  ingest: 'Ingest',
  topic: 'Topic',
  process: 'Process',
  write: 'Write',
  table: 'Table',
  'dead-letters': 'Dead letters',
  job: 'Job',
}

/** How serious a state is. */
export const hopTones: Readonly<Record<Hop['state'], Tone>> = {
  ok: 'good',
  paused: 'calm',
  late: 'warning',
  failing: 'bad',
}

/** The card; `topic` is that of dead letters. */
export function HopCard({ hop, points, topic }: { hop: Hop; points: readonly SparkPoint[]; topic?: string }) {
  const { kind, state, reason } = hop
  const to = pageOf(hop, topic)
  const { name } = hop
  const content = (
    <>
      <span class="hop-kind">
        {kinds[kind]}
        {state !== 'ok' && (
          <Badge tone={hopTones[state]}>
            {kind === 'dead-letters' ? many(hop.errors ?? 0, 'waits', 'wait') : state}
          </Badge>
        )}
      </span>
      <span class="hop-name">{breakable(name)}</span>
      {kind === 'dead-letters' && <Letters hop={hop} />}
      {kind === 'job' && (
        <span class="hop-none">{hop.rate === null ? 'does not run now' : `${rate(hop.rate)} records/s`}</span>
      )}
      {kind !== 'dead-letters' && kind !== 'job' && <Passing hop={hop} points={points} />}
      {reason && kind !== 'dead-letters' && <span class="hop-reason">{reason}</span>}
    </>
  )
  const classes = `hop hop-${state}`
  return to ? (
    <a class={classes} href={to}>
      {content}
    </a>
  ) : (
    <div class={classes}>{content}</div>
  )
}

/** A name that may be broken behind the marks in it. */
function breakable(name: string) {
  return name.split(/(?<=[._-])/).map((part) => [part, <wbr key={part} />])
}

function Passing({ hop, points }: { hop: Hop; points: readonly SparkPoint[] }) {
  const { name, lag, errors, p99Ms, held } = hop
  return (
    <>
      <span class="hop-rate">
        <b>{rate(hop.rate)}</b> <span class="unit">records/s</span>
      </span>
      <Spark points={points} name={`Records a second of ${name}`} />
      <dl class="hop-figures">
        {held && (
          <>
            <Figure name="holds" text={count(held.reduce((a, b) => a + b, 0))} />
            <Figure name="partitions" text={count(held.length)} />
          </>
        )}
        {lag !== null && <Figure name="lag" text={count(lag)} isBad={hop.state === 'late'} />}
        {p99Ms !== null && <Figure name="p99" text={duration(p99Ms)} />}
        {errors !== null && <Figure name="errors" text={count(errors)} isBad={errors > 0} />}
      </dl>
    </>
  )
}

function Letters({ hop }: { hop: Hop }) {
  const ever = (hop.held ?? []).reduce((a, b) => a + b, 0)
  if (ever === 0) return <span class="hop-none">none</span>
  return <span class="hop-none">{(hop.errors ?? 0) > 0 ? 'see why, and redrive' : `none waits of ${count(ever)}`}</span>
}

function Figure({ name, text, isBad = false }: { name: string; text: string; isBad?: boolean }) {
  return (
    <div class={isBad ? 'is-bad' : undefined}>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  )
}

function pageOf({ kind, name }: Hop, topic: string | undefined): string | null {
  switch (kind) {
    case 'topic':
      return `/topics/${name}`
    case 'process':
    case 'write':
      return `/event-sources/${name}`
    case 'table':
      return `/tables/${name}`
    case 'dead-letters':
      return `/dead-letters/${topic}`
    case 'job':
      return `/jobs/${name}`
    default:
      return null
  }
}
