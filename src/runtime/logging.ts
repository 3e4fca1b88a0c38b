/**
 * The structured log of functions. It holds names, counts, positions and codes: never keys or values of records.
 */
import { Logger } from '@aws-lambda-powertools/logger'

/** The logger of a function; level INFO unless POWERTOOLS_LOG_LEVEL says otherwise. */
export const logger = new Logger({ serviceName: 'sluice' })
