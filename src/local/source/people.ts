/**
 * Made-up people in the shape of randomuser.me 1.4. The same seed, page and place in the page give the same person,
 * whatever the page's size.
 * Not for serving them: see server.ts.
 */
import { hash } from 'node:crypto'
import { type Nationality, nationalities } from './nationalities.ts'
import type { Query } from './query.ts'
import { type Random, randomFrom } from './random.ts'

/** One person as the source describes them. */
export type Person = ReturnType<typeof person>

/** The people of one page. */
export function people({ results, page, seed, nat }: Query): Person[] {
  const countries = nat.length === 0 ? nationalities : nationalities.filter((one) => nat.includes(one.nat))
  return Array.from({ length: results }, (_, index) => person(randomFrom(`${seed}\n${page}\n${index}`), countries))
}

function person(random: Random, countries: readonly Nationality[]) {
  const country = random.pick(countries)
  const gender = random.pick(['male', 'female'] as const)
  const name = {
    title: gender === 'male' ? 'Mr' : random.pick(['Ms', 'Mrs', 'Miss']),
    first: random.pick(country[gender]),
    last: random.pick(country.last),
  }
  const [city, state] = random.pick(country.cities)
  const login = loginOf(random)
  const address = asciiOf(`${name.first}.${name.last}`) ?? login.username
  const portrait = `${gender === 'male' ? 'men' : 'women'}/${random.between(0, 99)}.jpg`
  return {
    gender,
    name,
    location: {
      street: { number: random.between(1, 9_999), name: random.pick(country.streets) },
      city,
      state,
      country: country.country,
      postcode:
        typeof country.postcode === 'string' ? random.fill(country.postcode) : random.between(...country.postcode),
      coordinates: { latitude: coordinate(random, 90), longitude: coordinate(random, 180) },
      timezone: random.pick(timezones),
    },
    email: `${address}@example.com`,
    login,
    dob: past(random, 18, 79),
    registered: past(random, 1, 20),
    phone: random.fill(country.phone),
    cell: random.fill(country.cell),
    id: country.id ? { name: country.id[0], value: random.fill(country.id[1]) } : { name: '', value: null },
    picture: {
      large: `https://example.com/portraits/${portrait}`,
      medium: `https://example.com/portraits/med/${portrait}`,
      thumbnail: `https://example.com/portraits/thumb/${portrait}`,
    },
    nat: country.nat,
  }
}

function loginOf(random: Random) {
  const password = `${random.pick(colours)}${random.between(10, 9_999)}`
  const salt = random.hex(8)
  return {
    uuid: random.uuid(),
    username: `${random.pick(colours)}${random.pick(animals)}${random.between(100, 999)}`,
    password,
    salt,
    md5: hash('md5', password + salt),
    sha1: hash('sha1', password + salt),
    sha256: hash('sha256', password + salt),
  }
}

/** The name in plain Latin letters; null when it is written in another script. */
function asciiOf(text: string): string | null {
  const plain = text
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[øæßıđł]/g, (letter) => plainLetters[letter] ?? '')
    .replaceAll(/[\p{M}'’\s-]/gu, '')
  return /^[a-z]+\.[a-z]+$/.test(plain) ? plain : null
}

const plainLetters: Readonly<Record<string, string>> = { ø: 'o', æ: 'ae', ß: 'ss', ı: 'i', đ: 'd', ł: 'l' }

/** Ages are counted at a fixed instant, so that the same person stays the same tomorrow. */
const today = Date.UTC(2026, 0, 1)
const yearMs = 365.2425 * 86_400_000

function past(random: Random, fromYears: number, toYears: number) {
  const age = random.between(fromYears, toYears)
  const date = new Date(today - Math.round((age + random.next() / 2 ** 32) * yearMs))
  return { date: date.toISOString(), age }
}

/** Four decimals, as a string, as the original has it. */
const coordinate = (random: Random, limit: number) =>
  (random.between(-limit * 10_000, limit * 10_000) / 10_000).toFixed(4)

const timezones = [
  { offset: '-8:00', description: 'Pacific Time (US & Canada)' },
  { offset: '-3:30', description: 'Newfoundland' },
  { offset: '0:00', description: 'Western Europe Time, London, Lisbon, Casablanca' },
  { offset: '+1:00', description: 'Brussels, Copenhagen, Madrid, Paris' },
  { offset: '+2:00', description: 'Kaliningrad, South Africa' },
  { offset: '+3:30', description: 'Tehran' },
  { offset: '+5:30', description: 'Bombay, Calcutta, Madras, New Delhi' },
  { offset: '+9:30', description: 'Adelaide, Darwin' },
]
const colours = [
  'amber',
  'black',
  'blue',
  'crimson',
  'golden',
  'green',
  'orange',
  'purple',
  'silver',
  'white',
  'yellow',
]
const animals = ['badger', 'crane', 'dolphin', 'falcon', 'gecko', 'heron', 'lynx', 'otter', 'panda', 'swan', 'tiger']
