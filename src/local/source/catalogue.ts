/**
 * The made-up shop of the clickstream: its products with prices. The same number gives the same product under every seed.
 */
import { randomFrom } from './random.ts'

/** What the shop sells. */
export type Product = { readonly id: string; readonly category: string; readonly priceCents: number }

/** How many products there are. */
export const productCount = 400

/** The least and greatest price of each category, in whole euros. */
const prices = {
  books: [6, 45],
  garden: [4, 180],
  kitchen: [8, 240],
  lighting: [12, 320],
  office: [3, 150],
  outdoor: [15, 480],
  toys: [5, 90],
} as const satisfies Readonly<Record<string, readonly [number, number]>>

const categories = Object.keys(prices) as (keyof typeof prices)[]

/** The product of a number from 0. */
export function product(number: number): Product {
  const random = randomFrom(`product\n${number}`)
  const category = random.pick(categories)
  const [least, most] = prices[category]
  return { id: `p-${String(number).padStart(4, '0')}`, category, priceCents: random.between(least, most) * 100 - 1 }
}
