/**
 * Records as lines: where, when, key, and the beginning of the value.
 */
import type { RecordView, ValueView } from '../../../operations/topics/record-view.ts'
import { Time } from '../parts/time.tsx'
import { VirtualList } from '../parts/virtual-list.tsx'

const rowHeight = 36

/** The list; `open` is the `partition:offset` of the record that is open. */
export function RecordList(props: {
  records: readonly RecordView[]
  open: string | null
  onOpen: (id: string) => void
}) {
  const { records, open, onOpen } = props
  return (
    <VirtualList
      items={records}
      rowHeight={rowHeight}
      name="Records"
      keyOf={idOf}
      row={(record) => (
        <button
          type="button"
          data-row
          class="record-row"
          aria-pressed={open === idOf(record)}
          onClick={() => onOpen(idOf(record))}
        >
          <span class="record-place">
            {record.partition}/{record.offset}
          </span>
          <Time at={record.timestamp} />
          <span class="record-key">{record.key ?? 'no key'}</span>
          <span class="record-value">{preview(record.value)}</span>
        </button>
      )}
    />
  )
}

/** `partition:offset`. */
export function idOf({ partition, offset }: RecordView): string {
  return `${partition}:${offset}`
}

function preview(value: ValueView): string {
  switch (value.kind) {
    case 'none':
      return 'no value'
    case 'decoded':
      return JSON.stringify(value.value).slice(0, 300)
    case 'text':
      return value.text.slice(0, 300)
    case 'hidden':
      return `hidden: ${value.problem}`
  }
}
