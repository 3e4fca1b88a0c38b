/**
 * The grid of a pipeline's runs as the server answers it.
 */
import type { InferResponseType } from 'hono/client'
import { answered } from '../../client.ts'
import { api } from '../ask.ts'

/** What is asked for: texts as the link of the page has them; times in ms since the epoch. */
export type GridQuery = { readonly state?: string; readonly from?: string; readonly to?: string }

/** The grid. */
export type Grid = InferResponseType<(typeof api.runs)[':pipeline']['$get'], 200>

/** A run in it. */
export type RunColumn = Grid['runs'][number]

/** Asks for the grid. */
export function askGrid(pipeline: string, { state, from, to }: GridQuery, limit: number): Promise<Grid> {
  const query = { limit: String(limit), ...(state ? { state } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) }
  return answered(api.runs[':pipeline'].$get({ param: { pipeline }, query: query as { limit: string } }))
}
