import { Type } from 'typebox'
import {
  Fields,
  projection,
  Timestamp,
  type AnyProjection,
  type Store,
} from '../../src/kernel/index.ts'
import type { SearchQuery } from '../../src/platform/storage/search/port.ts'

/** Pseudo-random numbers from 0 to 1, the same in every run (mulberry32). */
const randomFrom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const syllables =
  'ba be bi bo bra da de di do dra fa fe fi fo ga ge gi gla ka ke kla la le li lo ma me mi mo na ne ni no pa pe pra ra re ri ro sa se si so sta ta te ti to tra va ve vi wa we za zo'.split(
    ' ',
  )
const endings = 'l n r s t m ck sch rd nd x'.split(' ')

/** Distinct made-up words of 4 to 12 letters. */
const lexicon = (size: number, random: () => number): readonly string[] => {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)]!
  const words = new Set<string>()
  while (words.size < size) {
    const count = 1 + Math.floor(random() * 4)
    words.add(Array.from({ length: count }, () => pick(syllables)).join('') + pick(endings))
  }
  return [...words]
}

const categories = ['home', 'garden', 'kitchen', 'art', 'music', 'games', 'books', 'tools']

const moment = (random: () => number): string =>
  new Date(Date.UTC(2029, 0, 1) + Math.floor(random() * 31_536_000) * 1_000).toISOString()

/** Read model of products as search knows them. */
const products = (store: Store) =>
  projection({
    name: 'bench_products',
    store,
    within: 60_000,
    document: Fields({
      id: Type.String(),
      name: Type.String(),
      description: Type.String(),
      category: Type.String(),
      price: Fields({ amount: Type.Integer(), currency: Type.String() }),
      inStock: Type.Boolean(),
      createdAt: Timestamp,
    }),
    from: [],
    key: () => undefined,
    search: {
      fields: ['name', 'description'],
      newest: 'createdAt',
      facets: {
        category: { field: 'category' },
        inStock: { field: 'inStock' },
        price: {
          field: 'price.amount',
          ranges: [{ to: 1_000 }, { from: 1_000, to: 5_000 }, { from: 5_000 }],
        },
      },
    },
  }).rules({})

/** Read model of users as search knows them. */
const users = (store: Store) =>
  projection({
    name: 'bench_users',
    store,
    within: 60_000,
    document: Fields({
      id: Type.String(),
      username: Type.String(),
      displayName: Type.String(),
      createdAt: Timestamp,
    }),
    from: [],
    key: () => undefined,
    search: { fields: ['username', 'displayName'], newest: 'createdAt' },
  }).rules({})

type Document = { readonly id: string }

/** Documents to search, and queries in classes whose costs differ. */
export type Searched = {
  readonly model: AnyProjection
  readonly documents: readonly Document[]
  /** Queries by class, each as people type them. */
  readonly queries: Readonly<Record<string, readonly SearchQuery[]>>
}

const swapped = (word: string, at: number): string =>
  word.slice(0, at) + word.slice(at + 1, at + 2) + word.slice(at, at + 1) + word.slice(at + 2)

/** Number of queries in each class. */
const inEachClass = 40

/**
 * Products and users with words of a made-up language: a few words are in many documents, most in few (Zipf's law).
 * @param count of each
 */
export const searchedModels = (count: number, store: Store): readonly Searched[] => {
  const random = randomFrom(12)
  const words = lexicon(Math.min(30_000, count), random)
  // The exponent makes the first hundredth of the words take about a third of all places.
  const nth = () => Math.floor(words.length * random() ** 4)
  const word = () => words[nth()]!
  const text = (least: number, most: number): string =>
    Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, word).join(' ')
  // People seldom look for the most frequent words.
  const sought = () => words[Math.floor(words.length * random() ** 2)]!
  const many = (make: () => SearchQuery): readonly SearchQuery[] =>
    Array.from({ length: inEachClass }, make)
  const long = () => {
    for (;;) {
      const one = sought()
      if (one.length >= 6) return one
    }
  }
  const typed = {
    'one word': many(() => ({ q: sought() })),
    'two words': many(() => ({ q: `${word()} ${sought()}` })),
    'the first letters': many(() => ({ q: long().slice(0, 4) })),
    'with a typo': many(() => ({ q: swapped(long(), 2) })),
  }
  const facets = ['category', 'inStock', 'price']
  return [
    {
      model: products(store),
      documents: Array.from({ length: count }, (_, at) => ({
        id: `product-${at}`,
        name: text(2, 4),
        description: text(6, 16),
        category: categories[Math.floor(categories.length * random() ** 2)]!,
        price: { amount: Math.floor(10_000 * random() ** 2), currency: 'EUR' },
        inStock: random() < 0.9,
        createdAt: moment(random),
      })),
      queries: {
        ...typed,
        'one word, filtered and counted': many(() => ({
          q: sought(),
          facets,
          filters: { category: categories[0]!, inStock: true },
        })),
        'one letter, counted': many(() => ({ q: word().slice(0, 1), facets })),
        'nothing, counted': many(() => ({ q: '', facets })),
      },
    },
    {
      model: users(store),
      documents: Array.from({ length: count }, (_, at) => {
        const [first, last] = [word(), word()]
        return {
          id: `user-${at}`,
          username: `${first}${at % 1_000}`,
          displayName: `${first} ${last}`,
          createdAt: moment(random),
        }
      }),
      queries: { ...typed, 'one letter': many(() => ({ q: word().slice(0, 1) })) },
    },
  ]
}
