/**
 * Search over everything that has a name or an id: Ctrl-K.
 */

import { useMemo, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { Dialog } from '../parts/dialog.tsx'
import { findTargets, type Names, type Target } from './targets.ts'

/** The search. */
export function Search({ names, onClose }: { names: Names; onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const { route } = useLocation()
  const targets = useMemo(() => findTargets(text, names), [text, names])
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
        aria-label="Search pipelines, topics, tables, event sources, subjects and ids"
        placeholder="A name, topic/partition/offset, or an id"
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
