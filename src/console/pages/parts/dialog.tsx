/**
 * A modal dialog: the browser's own, which keeps focus and closes by Escape.
 */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** A dialog that is open as long as it is rendered. */
export function Dialog(props: { title: string; onClose: () => void; class?: string; children: ComponentChildren }) {
  const { title, onClose, children } = props
  const ref = useRef<HTMLDialogElement>(null)
  // Before the next key: what is typed at once is meant for the dialog.
  useLayoutEffect(() => {
    const before = document.activeElement
    ref.current?.showModal()
    return () => (before as HTMLElement | null)?.focus?.()
  }, [])
  const onBackdrop = (event: MouseEvent) => {
    if (event.target === ref.current) onClose()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it.
    <dialog ref={ref} class={props.class} aria-label={title} onClose={onClose} onClick={onBackdrop}>
      <div class="dialog-body">{children}</div>
    </dialog>
  )
}
