/**
 * The flow of all pipelines, watched: a picture each second, the minutes before it, and what went wrong in the last hour.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { SluiceError } from '../../core/errors.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { Run } from '../../runtime/ledger.ts'
import type { Clients } from '../clients.ts'
import { waitingCounter } from '../dead-letters/waiting-dead-letters.ts'
import { type ProofState, proofKeeper } from '../runs/proof-keeper.ts'
import { nextRunAt } from '../runs/runs.ts'
import { type Hop, type HopState, historyMs, hopsOf } from './flow-hops.ts'
import { type FlowSample, flowSampler } from './flow-sample.ts'

/** A pipeline as of now. */
export type PipelineFlow = {
  readonly pipeline: string
  readonly schedule: string
  /** By an operator. */
  readonly isPaused: boolean
  /** When the schedule fires next, in ms since the epoch; null while it is paused, and where it never does. */
  readonly nextRunAt: number | null
  readonly hops: readonly Hop[]
  readonly latestRun: Run | null
  /** That of the latest run that has ended; null before the first. */
  readonly proof: ProofState | null
}

/** Everything as of `at`, in ms since the epoch, numbered without gaps. */
export type FlowPicture = {
  readonly number: number
  readonly at: number
  readonly pipelines: readonly PipelineFlow[]
  /** Why the last look failed: the picture is then that of the last good one. */
  readonly problem: string | null
}

/** The figures of one moment, by `pipeline/hop`: records a second, and lag. */
export type FlowPoint = {
  readonly number: number
  readonly at: number
  readonly figures: Readonly<Record<string, readonly [rate: number | null, lag: number | null]>>
}

/** A hop that was not ok, from when to when; `until` is null while it lasts. Times in ms since the epoch. */
export type Incident = {
  readonly pipeline: string
  readonly hop: string
  readonly name: string
  readonly state: Exclude<HopState, 'ok'>
  readonly reason: string
  readonly since: number
  readonly until: number | null
}

/** The lag of each partition of a group at one moment. */
export type LagPoint = { readonly at: number; readonly lags: readonly number[] }

/** A watch. */
export type FlowWatch = {
  /** The latest picture; null before the first look has ended. */
  picture(): FlowPicture | null
  /** The points behind a number, oldest first: all that are remembered for -1. */
  points(behind: number): FlowPoint[]
  /** Those of the last hour, newest first. */
  incidents(): Incident[]
  lagOf(group: string): LagPoint[]
  /** Calls the listener with each new picture; while there is one it looks each second, else each five. */
  listen(listener: (picture: FlowPicture) => void): () => void
  stop(): Promise<void>
}

const watchedMs = 1_000
const unwatchedMs = 5_000
const incidentsMs = 3_600_000

/** Begins to watch. What fails is told in the picture, and tried again. */
export function watchFlow(pipelines: readonly Pipeline[], clients: Clients, folder: string): FlowWatch {
  const ending = new AbortController()
  const takeSample = flowSampler(pipelines, clients, folder)
  const listeners = new Set<(picture: FlowPicture) => void>()
  const proofs = proofKeeper(clients, ending.signal)
  const waiting = waitingCounter(clients)
  const incidents = new Map<string, Incident[]>()
  let samples: FlowSample[] = []
  let points: FlowPoint[] = []
  let picture: FlowPicture | null = null
  let wake = new AbortController()

  const look = async () => {
    const number = (picture?.number ?? -1) + 1
    try {
      const sample = await takeSample()
      samples = [...samples.filter(({ at }) => at > sample.at - historyMs), sample]
      const history = { samples, waiting: waiting.counts(pipelines, sample) }
      const flows = pipelines.map((pipeline): PipelineFlow => {
        const { name, source } = pipeline
        const runs = sample.runs.get(name) ?? []
        const hops = hopsOf(pipeline, history)
        const isPaused = sample.paused.has(name)
        const next = isPaused ? null : nextRunAt(pipeline, sample.at, runs)
        const schedule = { schedule: source.schedule, isPaused, nextRunAt: next }
        return { pipeline: name, ...schedule, hops, latestRun: runs[0] ?? null, proof: proofs.of(pipeline, runs) }
      })
      picture = { number, at: sample.at, pipelines: flows, problem: null }
      points = [...points.filter(({ at }) => at > sample.at - historyMs), pointOf(picture)]
      for (const flow of flows) noteIncidents(incidents, flow, sample.at)
    } catch (error) {
      if (ending.signal.aborted) return
      if (!(error instanceof Error)) throw error
      const problem = error instanceof SluiceError ? error.message : `the flow cannot be looked at: ${error.message}`
      picture = { pipelines: [], at: Date.now(), ...picture, number, problem }
    }
    for (const listener of listeners) listener(picture)
  }
  const watching = (async () => {
    while (!ending.signal.aborted) {
      const began = Date.now()
      await look()
      const pauseMs = (listeners.size > 0 ? watchedMs : unwatchedMs) - (Date.now() - began)
      wake = new AbortController()
      const signal = AbortSignal.any([ending.signal, wake.signal])
      await delay(Math.max(100, pauseMs), null, { signal }).catch(() => {})
    }
  })()

  return {
    picture: () => picture,
    points: (behind) => points.filter(({ number }) => number > behind),
    incidents: () => {
      const since = Date.now() - incidentsMs
      const all = [...incidents.values()].flat().filter(({ until }) => until === null || until >= since)
      return all.sort((a, b) => b.since - a.since)
    },
    lagOf: (group) =>
      samples.flatMap(({ at, lags }) => {
        const found = lags.get(group)
        return found ? [{ at, lags: found.map(({ lag }) => lag) }] : []
      }),
    listen(listener) {
      listeners.add(listener)
      wake.abort()
      return () => {
        listeners.delete(listener)
      }
    },
    async stop() {
      ending.abort()
      await watching
      await proofs.stop()
    },
  }
}

function pointOf({ number, at, pipelines }: FlowPicture): FlowPoint {
  const figures = pipelines.flatMap(({ pipeline, hops }) =>
    hops.map(({ id, rate, lag }) => [`${pipeline}/${id}`, [rate, lag]] as const),
  )
  return { number, at, figures: Object.fromEntries(figures) }
}

/** Begins, goes on with, and ends incidents; those that ended over an hour ago are forgotten. */
function noteIncidents(incidents: Map<string, Incident[]>, { pipeline, hops }: PipelineFlow, at: number): void {
  for (const { id, name, state, reason } of hops) {
    const key = `${pipeline}/${id}`
    const known = (incidents.get(key) ?? []).filter(({ until }) => until === null || until > at - incidentsMs)
    const last = known.at(-1)
    const isOpen = last?.until === null
    if (isOpen && last.state === state) {
      known.splice(-1, 1, { ...last, reason: reason ?? last.reason })
    } else {
      if (isOpen) known.splice(-1, 1, { ...last, until: at })
      if (state !== 'ok') known.push({ pipeline, hop: id, name, state, reason: reason ?? '', since: at, until: null })
    }
    incidents.set(key, known)
  }
}
