/**
 * A long list of which only what is seen is in the page: rows of one height, in a part that scrolls.
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

const beyond = 8

/** Rows of `rowHeight` px. `row` renders one; `name` says what the list holds. */
export function VirtualList<T>(props: {
  items: readonly T[]
  rowHeight: number
  name: string
  keyOf: (item: T) => string
  row: (item: T, at: number) => ComponentChildren
}) {
  const { items, rowHeight, name, keyOf, row } = props
  const ref = useRef<HTMLElement>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight })
    const sizes = new ResizeObserver(look)
    sizes.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])
  const first = Math.max(0, Math.floor(view.top / rowHeight) - beyond)
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / rowHeight) + beyond)
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const rows = [...(ref.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
    const at = rows.indexOf(document.activeElement as HTMLElement)
    if (step === 0 || at < 0) return
    event.preventDefault()
    rows[at + step]?.focus()
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys.
    <section class="virtual" ref={ref} tabIndex={0} aria-label={name} onKeyDown={onKeyDown}>
      <ol style={{ height: `${items.length * rowHeight}px` }}>
        {items.slice(first, last).map((item, index) => (
          <li
            key={keyOf(item)}
            style={{ top: `${(first + index) * rowHeight}px`, height: `${rowHeight}px` }}
            aria-setsize={items.length}
            aria-posinset={first + index + 1}
          >
            {row(item, first + index)}
          </li>
        ))}
      </ol>
    </section>
  )
}
