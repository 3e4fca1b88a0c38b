/**
 * What was not as it should be in the last hour, each with the way to it.
 */
import type { Anomaly } from '../../../operations/flow/anomalies.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { Badge } from '../parts/badge.tsx'
import { runPath } from '../parts/paths.ts'
import { Answered } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'

/** The list. */
export function Anomalies() {
  const answer = useAnswer('anomalies', () => answered(api.flow.anomalies.$get()), 5_000)
  return (
    <section class="anomalies" id="anomalies" aria-labelledby="anomalies-name">
      <h2 id="anomalies-name">Anomalies of the last hour</h2>
      <Answered answer={answer} what="anomalies" lines={3}>
        {(anomalies) =>
          anomalies.length === 0 ? (
            <p class="faint">None: no run failed, nothing was given up, nothing was late.</p>
          ) : (
            <ol>
              {anomalies.map((anomaly) => (
                <li key={`${anomaly.kind} ${anomaly.subject} ${anomaly.since} ${anomaly.what}`}>
                  <Badge tone={anomaly.severity === 'problem' ? 'bad' : 'warning'}>{kindOf(anomaly)}</Badge>
                  <span class="anomaly-what">
                    <Subject anomaly={anomaly} /> {anomaly.what}
                  </span>
                  <span class="faint anomaly-when">
                    <Time at={anomaly.since} />
                    {(anomaly.kind === 'hop' || anomaly.kind === 'job') && anomaly.until === null && ', still'}
                    {anomaly.until !== null && anomaly.until !== anomaly.since && (
                      <>
                        {' to '}
                        <Time at={anomaly.until} />
                      </>
                    )}
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Answered>
    </section>
  )
}

function kindOf({ kind, what }: Anomaly): string {
  if (kind === 'run') return 'failed run'
  return kind === 'dead-letters' ? 'dead letters' : (what.split(':')[0] ?? 'hop')
}

function Subject({ anomaly: { kind, pipeline, subject } }: { anomaly: Anomaly }) {
  if (kind === 'dead-letters') return <a href={`/dead-letters/${subject}`}>{subject}</a>
  if (kind === 'run') return <a href={runPath(pipeline, subject)}>{subject}</a>
  if (kind === 'job') return <a href={`/jobs/${subject}`}>{subject}</a>
  return <a href={subject.startsWith('sluice-') ? `/event-sources/${subject}` : `/topics/${subject}`}>{subject}</a>
}
