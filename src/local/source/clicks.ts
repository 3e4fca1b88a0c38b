/**
 * The clickstream of a made-up shop: views, carts and purchases in sessions. A position under a seed always has the same
 * event, whichever page asks for it.
 *
 * Each minute of the stream has {@link minuteSize} events, in the order in which they arrive. So many of a minute's events
 * arrive a minute late, and one an hour late; the others arrive within seconds, out of order.
 */
import { product, productCount } from './catalogue.ts'
import { type Random, randomFrom } from './random.ts'

/** An event. Times are ISO 8601; money is in cents of a euro. */
export type Click = {
  readonly id: string
  readonly session_id: string
  readonly user_id: string
  readonly type: 'view' | 'cart' | 'purchase'
  readonly page: string
  /** Null on a page that shows no product. */
  readonly product: { readonly id: string; readonly category: string; readonly price_cents: number } | null
  /** How many are put into the cart or bought; 0 for a view. */
  readonly quantity: number
  readonly user_agent: string
  readonly occurred_at: string
  readonly received_at: string
}

/** Events of one minute. */
export const minuteSize = 100
/** How many events of a minute arrive a minute after they occurred, and how many an hour after. */
export const late = { byMinute: 4, byHour: 1 } as const
/** No other event arrives later than this after it occurred, in ms. */
export const mostJitterMs = 3_000

const minuteMs = 60_000
const hourMinutes = 60
/** When the first event of each stream arrives at the earliest: data of a seed is the same tomorrow. */
const epoch = Date.UTC(2026, 0, 1)
/** Sessions of a minute are over before it is, so that arrival stays within the minute. */
const latestMs = minuteMs - mostJitterMs - 1_000
const userCount = 5_000

const browsers = [
  'Mozilla/5.0 (X11; Linux x86_64) Example/1.0',
  'Mozilla/5.0 (Macintosh) Example/1.0',
  'Mozilla/5.0 (Windows NT 10.0) Example/1.0',
  'Mozilla/5.0 (Mobile) Example/1.0',
]
const robot = 'ExampleBot/1.0 (+https://example.com/bot)'

/** So many events from a position on, in the order of arrival. */
export function clicks(seed: string, after: number, limit: number): Click[] {
  const events: Click[] = []
  for (let minute = Math.floor(after / minuteSize); events.length < limit; minute++) {
    const from = events.length === 0 ? after % minuteSize : 0
    events.push(...arrivals(seed, minute).slice(from, from + limit - events.length))
  }
  return events
}

type Occurrence = Omit<Click, 'occurred_at' | 'received_at'> & { readonly at: number; readonly jitter: number }

/** What arrives in a minute: its own events that are in time, and those of earlier minutes that are late. */
function arrivals(seed: string, minute: number): Click[] {
  const parts = [
    ...occurrences(seed, minute)
      .slice(late.byMinute + late.byHour)
      .map((each) => [each, 0] as const),
    ...occurrences(seed, minute - 1)
      .slice(0, late.byMinute)
      .map((each) => [each, 1] as const),
    ...occurrences(seed, minute - hourMinutes)
      .slice(late.byMinute, late.byMinute + late.byHour)
      .map((each) => [each, hourMinutes] as const),
  ]
  return parts
    .map(([{ at, jitter, ...click }, minutesLate]) => ({ click, at, receivedAt: at + jitter + minutesLate * minuteMs }))
    .sort((a, b) => a.receivedAt - b.receivedAt || (a.click.id < b.click.id ? -1 : 1))
    .map(({ click, at, receivedAt }) => ({
      ...click,
      occurred_at: new Date(at).toISOString(),
      received_at: new Date(receivedAt).toISOString(),
    }))
}

/** What occurs in a minute, in no order: those that will be late come first. */
function occurrences(seed: string, minute: number): Occurrence[] {
  const random = randomFrom(`${seed}\nclicks\n${minute}`)
  const events: Occurrence[] = []
  while (events.length < minuteSize) events.push(...session(random, epoch + minute * minuteMs))
  return shuffled(random, events.slice(0, minuteSize))
}

/** One visit: views, of which some lead to a cart and some of these to a purchase. */
function session(random: Random, from: number): Occurrence[] {
  const isRobot = random.between(1, 40) === 1
  const common = {
    session_id: random.uuid(),
    user_id: `u-${String(random.between(1, userCount)).padStart(5, '0')}`,
    user_agent: isRobot ? robot : random.pick(browsers),
  }
  const events: Occurrence[] = []
  let at = from + random.between(0, latestMs)
  const add = (event: Pick<Click, 'type' | 'page' | 'product' | 'quantity'>) => {
    events.push({ id: random.uuid(), ...common, ...event, at, jitter: random.between(0, mostJitterMs) })
    at += random.between(800, 6_000)
    return at <= from + latestMs
  }
  if (!add({ type: 'view', page: '/', product: null, quantity: 0 })) return events
  for (let views = random.between(1, 6); views > 0; views--) {
    const { id, category, priceCents } = product(random.between(0, productCount - 1))
    const shown = { product: { id, category, price_cents: priceCents } }
    if (!add({ type: 'view', page: `/${category}/${id}`, ...shown, quantity: 0 })) return events
    if (isRobot || random.between(1, 4) > 1) continue
    const quantity = random.pick([1, 1, 1, 2, 3])
    if (!add({ type: 'cart', page: '/cart', ...shown, quantity })) return events
    if (random.between(1, 5) > 2) continue
    if (!add({ type: 'purchase', page: '/checkout', ...shown, quantity })) return events
  }
  return events
}

function shuffled<T>(random: Random, values: T[]): T[] {
  for (let last = values.length - 1; last > 0; last--) {
    const other = random.between(0, last)
    const value = values[last] as T
    values[last] = values[other] as T
    values[other] = value
  }
  return values
}
