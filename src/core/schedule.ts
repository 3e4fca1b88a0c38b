/**
 * Which schedules EventBridge takes. Not for when they fire: see operations/runs/schedule-times.ts.
 * Source: EventBridge User Guide, "Setting a schedule pattern for scheduled rules".
 */

/** EventBridge wants the unit of 1 in the singular and of more in the plural. */
const rate = /^rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)$/

/** A field of `cron(…)`: its numbers, their names in order from the least on, and what else it may be. */
type CronField = {
  readonly name: string
  readonly least: number
  readonly most: number
  readonly words?: readonly string[]
  readonly also?: RegExp
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const cronFields: readonly CronField[] = [
  { name: 'minutes', least: 0, most: 59 },
  { name: 'hours', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31, also: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', least: 1, most: 12, words: months },
  { name: 'day of week', least: 1, most: 7, words: weekdays, also: /^(\?|L|([1-7]|[A-Z]{3})(L|#[1-5]))$/ },
  { name: 'year', least: 1970, most: 2199 },
]

/** What a schedule must be that EventBridge would refuse, as the end of a sentence; null for one that it takes. */
export function scheduleRule(schedule: string): string | null {
  if (rate.test(schedule)) return null
  const [, text] = /^cron\((.+)\)$/.exec(schedule) ?? []
  if (text === undefined) return 'rate(1 minute), rate(5 minutes), the same with hours or days, or cron(…)'
  const values = text.trim().split(/\s+/)
  if (values.length !== cronFields.length) {
    return `cron(…) with six fields: ${cronFields.map(({ name }) => name).join(', ')}`
  }
  const wrong = cronFields.find((field, index) => !fits(values[index] ?? '', field))
  if (wrong) return `cron(…) with ${wrong.name} from ${wrong.least} to ${wrong.most}, or *`
  const [, , dayOfMonth, , dayOfWeek] = values
  if ((dayOfMonth === '?') !== (dayOfWeek === '?')) return null
  return 'cron(…) with ? as day of month or as day of week, one of the two'
}

/** `part *( "," part )`, where a part is `( "*" / value [ "-" value ] ) [ "/" step ]`. */
function fits(text: string, { least, most, words = [], also }: CronField): boolean {
  if (also?.test(text)) return true
  const isValue = (value: string) =>
    words.includes(value) || (/^\d{1,4}$/.test(value) && +value >= least && +value <= most)
  return text.split(',').every((part) => {
    const [range = '', step = '1', ...more] = part.split('/')
    const bounds = range.split('-')
    const isRange = range === '*' || (bounds.length <= 2 && bounds.every(isValue))
    return isRange && more.length === 0 && /^[1-9]\d{0,3}$/.test(step)
  })
}
