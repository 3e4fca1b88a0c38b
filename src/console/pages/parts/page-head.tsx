/**
 * The head of a page: where it is, what it is, and what can be done.
 */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

/** The head; it names the browser's tab, too. */
export function PageHead(props: {
  title: string
  up?: readonly [to: string, name: string]
  lead?: ComponentChildren
  children?: ComponentChildren
}) {
  const { title, up, lead, children } = props
  useEffect(() => {
    document.title = `${title} · Sluice`
  }, [title])
  return (
    <div class="page-head">
      <div>
        {up && (
          <a class="up" href={up[0]}>
            {up[1]}
          </a>
        )}
        <h1>{title}</h1>
        {lead && <p class="lead">{lead}</p>}
      </div>
      {children && <div class="page-actions">{children}</div>}
    </div>
  )
}
