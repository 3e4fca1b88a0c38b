/**
 * Search over everything that has a name or an id: Ctrl-K.
 */

import { useMemo, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { Dialog } from '../parts/dialog.tsx'
import { findTargets, type NamedRun, type Names, runIdIn, type Target } from './targets.ts'

/** The search. */
export function Search({ names, onClose }: { names: Names; onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const { route } = useLocation()
  const run = runIdIn(text)
  const runs = useAnswer<NamedRun[]>(`runs named ${run}`, async () =>
    run === null ? [] : answered(api['runs-named'][':id'].$get({ param: { id: run } })),
  ).value
  const targets = useMemo(() => findTargets(text, names, runs ?? []), [text, names, runs])
  const go = (target: Target | undefined) => {
    if (!target) return
    onClose()
    route(target.to)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt((at + step + targets.length) % Math.max(1, targets.length))
    }
    if (event.key === 'Enter') go(targets[at])
  }
  return (
    <Dialog title="Search" onClose={onClose} class="search">
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant={targets[at] ? `found-${at}` : undefined}
        aria-label="Search pipelines, runs, topics, tables, event sources, jobs, subjects and ids"
        placeholder="A name, a run, a record, topic/partition/offset"
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        autofocus
      />
      <div id="found" role="listbox" aria-label="Found">
        {targets.map((target, index) => (
          <div
            key={target.to}
            id={`found-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onMouseMove={() => setAt(index)}
            onClick={() => go(target)}
            onKeyDown={onKeyDown}
          >
            <span class="kind">{target.kind}</span> {target.name}
          </div>
        ))}
      </div>
      {targets.length === 0 && <p class="faint">Nothing has that name.</p>}
    </Dialog>
  )
}
