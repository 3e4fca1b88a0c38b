/**
 * The client that all pages ask with, and hooks around it.
 */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { consoleClient } from '../client.ts'

/** The client of the page's own server. */
export const api = consoleClient('', (input, init) => fetch(input, init))

/** An answer: what is known, whether it is being asked for, why the latest request failed, when the last good one came. */
export type Answer<T> = {
  readonly value: T | null
  readonly isLoading: boolean
  readonly error: Error | null
  readonly at: number
  again(): void
}

/**
 * The answer to a question, asked again whenever `key` changes and each `everyMs`, if given, while the page is visible. Of
 * answers that overtake each other the latest question's counts; the value before stays while the same key is asked again.
 */
export function useAnswer<T>(key: string, ask: () => Promise<T>, everyMs?: number): Answer<T> {
  const [state, setState] = useState<Omit<Answer<T>, 'again'> & { key: string }>(() => ({ ...unknown, key }))
  const latest = useRef({ ask, number: 0 })
  latest.current.ask = ask
  const again = useCallback(() => {
    latest.current.number += 1
    const { number } = latest.current
    const isCurrent = () => latest.current.number === number
    setState((before) => (before.key === key ? { ...before, isLoading: true } : { ...unknown, key }))
    latest.current.ask().then(
      (value) => isCurrent() && setState({ key, value, isLoading: false, error: null, at: Date.now() }),
      (error: Error) => isCurrent() && setState((before) => ({ ...before, isLoading: false, error })),
    )
  }, [key])
  useEffect(() => {
    again()
    if (everyMs === undefined) return
    const timer = setInterval(() => document.visibilityState === 'visible' && again(), everyMs)
    return () => clearInterval(timer)
  }, [again, everyMs])
  useEffect(
    () => () => {
      latest.current.number += 1
    },
    [],
  )
  const { key: of, ...answer } = state
  return of === key ? { ...answer, again } : { ...unknown, again }
}

const unknown = { value: null, isLoading: true, error: null, at: 0 } as const

/** Asks again whenever `told`, what the stream tells of the same thing, changes. */
export function useAgainOn(told: string, { again }: Pick<Answer<unknown>, 'again'>): void {
  const before = useRef(told)
  useEffect(() => {
    if (before.current === told) return
    before.current = told
    again()
  }, [told, again])
}

/** A change that is under way or ended. */
export type Change<A extends unknown[], T> = {
  readonly isRunning: boolean
  readonly error: Error | null
  readonly done: T | null
  run(...args: A): Promise<T | null>
  reset(): void
}

/** A change that a person asks for; only one runs at a time. */
export function useChange<A extends unknown[], T>(work: (...args: A) => Promise<T>): Change<A, T> {
  const [state, setState] = useState<{ isRunning: boolean; error: Error | null; done: T | null }>(idle)
  return {
    ...state,
    reset: () => setState(idle),
    async run(...args) {
      setState({ isRunning: true, error: null, done: null })
      try {
        const done = await work(...args)
        setState({ isRunning: false, error: null, done })
        return done
      } catch (error) {
        setState({ isRunning: false, error: error as Error, done: null })
        return null
      }
    },
  }
}

const idle = { isRunning: false, error: null, done: null }
