/**
 * The steps of a plan as relations of Spark Connect. Pure. Source: spark/connect/relations.proto of Spark 4.0.
 */
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { type Relation, RelationSchema } from '../../spark/protocol/relations_pb.js'
import type { PlanStep } from '../core/job-template.ts'

/** What the view of a step is made of. */
export function stepRelation(step: PlanStep): Relation {
  if ('read' in step) {
    const dataSource = { format: 'kafka', options: { ...step.read }, paths: [], predicates: [] }
    return relation({ case: 'read', value: { isStreaming: true, readType: { case: 'dataSource', value: dataSource } } })
  }
  if ('metrics' in step) {
    const { name, expressions } = step.metrics
    const metrics = expressions.map((expression) => ({
      exprType: { case: 'expressionString' as const, value: { expression } },
    }))
    return relation({ case: 'collectMetrics', value: { input: streamOf(step.of), name, metrics } })
  }
  const input = sqlRelation(step.sql)
  if ('watermark' in step) {
    const { column, delay } = step.watermark
    return relation({ case: 'withWatermark', value: { input, eventTime: column, delayThreshold: delay } })
  }
  return input
}

/** The rows of a query. */
export const sqlRelation = (query: string): Relation => relation({ case: 'sql', value: { query } })

/**
 * A view, said to be a stream: what Spark 4.0 does not know to be one, as it does not of a query, is counted for a single
 * answer too. A listener then evaluates the metrics of each batch beside the query, both on the same objects, and now and
 * then a batch loses its counts or the query ends.
 */
function streamOf(view: string): Relation {
  const namedTable = { unparsedIdentifier: view, options: {} }
  return relation({ case: 'read', value: { isStreaming: true, readType: { case: 'namedTable', value: namedTable } } })
}

function relation(relType: NonNullable<MessageInitShape<typeof RelationSchema>['relType']>): Relation {
  return create(RelationSchema, { relType })
}
