/**
 * Parts of a page, one at a time, each with a link of its own.
 */
import { useLocation } from 'preact-iso'

/** Links that set `?part=`; the first is shown without one. */
export function Tabs({ parts, current }: { parts: readonly (readonly [id: string, name: string])[]; current: string }) {
  const { path } = useLocation()
  return (
    <nav class="tabs" aria-label="Parts of this page">
      {parts.map(([id, name], at) => (
        <a key={id} href={at === 0 ? path : `${path}?part=${id}`} aria-current={id === current ? 'true' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  )
}
