/**
 * The matchers of event patterns: what one leaf value is compared with.
 * Source: Amazon EventBridge User Guide, "Comparison operators for use in event patterns".
 */
import { BlockList, isIP } from 'node:net'
import { isObject } from '../property-checks.ts'

/** A compiled matcher: tests a leaf that is there, and says whether it holds for one that is not. */
export type LeafTest = { readonly test: (leaf: unknown) => boolean; readonly whenAbsent: boolean }

type Test = LeafTest['test']
type TextTest = (text: string) => boolean

/** Compiles a matcher; answers in words that follow "the pattern" what is wrong with one that is none. */
export function compileMatcher(matcher: unknown): LeafTest | string {
  if (isLiteral(matcher)) return { test: (leaf) => leaf === matcher, whenAbsent: false }
  const [operator, operand] = onlyEntry(matcher)
  if (operator === 'exists' && typeof operand === 'boolean') return { test: () => operand, whenAbsent: !operand }
  const test = operator === null ? null : compileOperator(operator, operand)
  return test ? { test, whenAbsent: false } : `has the matcher ${JSON.stringify(matcher)}, which is none,`
}

function compileOperator(operator: string, operand: unknown): Test | null {
  if (operator === 'numeric') return numeric(operand)
  if (operator === 'cidr') return cidr(operand)
  if (operator === 'anything-but') return anythingBut(operand)
  const test = textTest(operator, operand)
  return test && ((leaf) => typeof leaf === 'string' && test(leaf))
}

/** The operators that compare texts, which also stand below anything-but. */
function textTest(operator: string, operand: unknown): TextTest | null {
  if (operator === 'prefix' || operator === 'suffix') {
    const [nested, folded] = onlyEntry(operand)
    const isFolded = nested === 'equals-ignore-case'
    const affix = isFolded ? folded : operand
    if (typeof affix !== 'string') return null
    const wanted = isFolded ? fold(affix) : affix
    const end = operator === 'prefix' ? 'startsWith' : 'endsWith'
    return (text) => (isFolded ? fold(text) : text)[end](wanted)
  }
  if (typeof operand !== 'string') return null
  if (operator === 'equals-ignore-case') return (text) => fold(text) === fold(operand)
  return operator === 'wildcard' ? wildcard(operand) : null
}

/** Everything but literals of one type, or but what one text operator with one or several operands holds for. */
function anythingBut(operand: unknown): Test | null {
  const [operator, operands] = onlyEntry(operand)
  if (operator !== null) {
    const tests = listOf(operands).map((each) => textTest(operator, each))
    if (tests.length === 0 || tests.includes(null)) return null
    return (leaf) => typeof leaf !== 'string' || !tests.some((test) => test?.(leaf))
  }
  const literals = listOf(operand)
  const isUniform = (type: string) => literals.length > 0 && literals.every((each) => typeof each === type)
  return isUniform('string') || isUniform('number') ? (leaf) => !literals.includes(leaf) : null
}

const comparisons: Readonly<Record<string, (leaf: number, bound: number) => boolean>> = {
  '=': (leaf, bound) => leaf === bound,
  '<': (leaf, bound) => leaf < bound,
  '<=': (leaf, bound) => leaf <= bound,
  '>': (leaf, bound) => leaf > bound,
  '>=': (leaf, bound) => leaf >= bound,
}

/** `[operator, bound]`, or a range of a lower and an upper bound. */
function numeric(operand: unknown): Test | null {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) return null
  const [first, low, second, high] = operand as unknown[]
  const [one, other] = [comparison(first, low), second === undefined ? () => true : comparison(second, high)]
  if (!one || !other) return null
  const isRange = String(first).startsWith('>') && String(second).startsWith('<') && Number(low) < Number(high)
  if (operand.length === 4 && !isRange) return null
  return (leaf) => typeof leaf === 'number' && one(leaf) && other(leaf)
}

function comparison(operator: unknown, bound: unknown): ((leaf: number) => boolean) | null {
  const compare = typeof operator === 'string' && Object.hasOwn(comparisons, operator) && comparisons[operator]
  return compare && typeof bound === 'number' ? (leaf) => compare(leaf, bound) : null
}

function cidr(operand: unknown): Test | null {
  if (typeof operand !== 'string') return null
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(operand) ?? []
  const family = familyOf(address)
  if (!family || Number(bits) > (family === 'ipv4' ? 32 : 128)) return null
  const subnet = new BlockList()
  subnet.addSubnet(address, Number(bits), family)
  return (leaf) => typeof leaf === 'string' && familyOf(leaf) === family && subnet.check(leaf, family)
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address)
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6'
}

/** `*` stands for any text; `\*` and `\\` are the characters themselves. Two stars in a row are refused, as by AWS. */
function wildcard(operand: string): TextTest | null {
  const pieces = operand.match(/\\[*\\]|\\|\*|[^*\\]+/g) ?? []
  if (pieces.some((piece, index) => piece === '\\' || (piece === '*' && pieces[index + 1] === '*'))) return null
  const parts = ['']
  for (const piece of pieces) {
    if (piece === '*') parts.push('')
    else parts[parts.length - 1] += piece.startsWith('\\') ? piece.slice(1) : piece
  }
  return (text) => matchesParts(text, parts)
}

/** Whether the text is the parts in order with anything between them; each is found as early as it can be. */
function matchesParts(text: string, parts: readonly string[]): boolean {
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (parts.length === 1) return text === first
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return from <= text.length - last.length
}

const fold = (text: string) => text.toLowerCase()
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])
const isLiteral = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value)

function onlyEntry(value: unknown): [string, unknown] | [null, null] {
  const entries = isObject(value) ? Object.entries(value) : []
  return entries.length === 1 && entries[0] ? entries[0] : [null, null]
}
