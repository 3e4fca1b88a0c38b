/**
 * The home page: each pipeline as it flows now, its proof, and what was wrong in the last hour.
 */

import { PageHead } from '../parts/page-head.tsx'
import { Loading, Nothing } from '../parts/states.tsx'
import { useLiveFlow } from '../shell/live.ts'
import { Anomalies } from './anomalies.tsx'
import { PipelineSection } from './pipeline-section.tsx'

/** The page. */
export function FlowPage() {
  const { picture, points, lostAt } = useLiveFlow()
  const isStale = lostAt !== null || picture?.problem != null
  return (
    <>
      <PageHead title="Flow" lead={picture ? summaryOf(picture) : undefined}>
        <a class="button" href="#anomalies">
          Anomalies of the last hour
        </a>
      </PageHead>
      {!picture && <Loading what="the flow" lines={8} />}
      {picture?.pipelines.length === 0 && !picture.problem && (
        <Nothing title="No pipeline is defined">
          A pipeline is a file in <code>pipelines/</code> and a line in its index.
        </Nothing>
      )}
      <div class={isStale ? 'stale' : undefined}>
        {picture?.pipelines.map((flow) => (
          <PipelineSection key={flow.pipeline} flow={flow} points={points} />
        ))}
      </div>
      <Anomalies />
    </>
  )
}

function summaryOf({ pipelines }: NonNullable<ReturnType<typeof useLiveFlow>['picture']>): string {
  const hops = pipelines.flatMap((pipeline) => pipeline.hops)
  const words = (['failing', 'late', 'paused'] as const).flatMap((state) => {
    const found = hops.filter((hop) => hop.state === state).length
    return found === 0 ? [] : [`${found} ${state}`]
  })
  return words.length === 0 ? 'Everything flows.' : `${words.join(', ')}. Everything else flows.`
}
