import { Type, type Static } from 'typebox'
import { beforeAll, describe, expect, test } from 'vitest'
import { Fields, projection, Timestamp, type Projection, type Store } from '#kernel'
import { InvalidQuery, type DocumentStore } from '../documents/port.ts'
import type { Search, SearchQuery } from './port.ts'

const Ware = Fields({
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  category: Type.String(),
  price: Fields({ amount: Type.Integer(), currency: Type.String() }),
  inStock: Type.Boolean(),
  ownerId: Type.Optional(Type.String()),
  createdAt: Timestamp,
})
type Ware = Static<typeof Ware>

let models = 0
const newWares = (store: Store): Projection<Ware> =>
  projection({
    name: `wares_${(models += 1)}`,
    store,
    within: 60_000,
    document: Ware,
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

const ware = (id: string, name: string, more: Partial<Ware> = {}): Ware => ({
  id,
  name,
  category: 'home',
  price: { amount: 1_000, currency: 'EUR' },
  inStock: true,
  createdAt: '2030-01-01T00:00:00.000Z',
  ...more,
})

/** A store under test, empty; several are opened as several processes would. */
export type SearchUnderTest = {
  /** The store that read models declare. */
  readonly declared: Store
  readonly open: () => Promise<DocumentStore & Search>
  readonly close: () => Promise<void>
}

/**
 * Promises of every adapter of search.
 * @param make called once, before the tests
 * @param options.isSkipped whether there is no server to test on
 */
export const searchConformance = (
  name: string,
  make: () => Promise<SearchUnderTest>,
  { isSkipped = false } = {},
) =>
  describe.skipIf(isSkipped)(`search in ${name}`, () => {
    let under: SearchUnderTest
    let store: DocumentStore & Search
    let other: DocumentStore & Search
    beforeAll(async () => {
      under = await make()
      store = await under.open()
      other = await under.open()
      return () => under.close()
    })

    const write = async (
      model: Projection<Ware>,
      wares: readonly Ware[],
      deletes: readonly string[] = [],
    ) => {
      const generation = (await store.live(model)) ?? (await store.begin(model))
      const from = await store.position(generation)
      const upserts = new Map(wares.map((one) => [one.id, one]))
      expect(await store.write(generation, { from, to: from + 1n, upserts, deletes })).toBe(true)
      if (!(await store.live(model))) await store.publish(generation)
    }
    const wares = async (...all: readonly Ware[]) => {
      const model = newWares(under.declared)
      await write(model, all)
      return {
        model,
        search: (q: string, more: Omit<SearchQuery, 'q'> = {}) =>
          other.search(model, { q, ...more }, { isFresh: true }),
        found: async (q: string, more: Omit<SearchQuery, 'q'> = {}) => {
          const { hits } = await other.search(model, { q, ...more }, { isFresh: true })
          return hits.map(({ key }) => key).join(' ')
        },
      }
    }

    test('ranks exact words above prefixes, typos and parts, and the first field above the second', async () => {
      const { found } = await wares(
        ware('part', 'Antilampion'),
        ware('typo', 'Lanpion'),
        ware('prefix', 'Lampions'),
        ware('exact', 'Red lampion'),
        ware('below', 'Torch', { description: 'Not a lampion.' }),
        ware('none', 'Candle'),
      )
      expect(await found('lampion')).toBe('exact below prefix typo part')
    })

    test('breaks ties by newest, then by key', async () => {
      const { found } = await wares(
        ware('b', 'Vase'),
        ware('a', 'Vase'),
        ware('new', 'Vase', { createdAt: '2031-01-01T00:00:00.000Z' }),
      )
      expect(await found('vase')).toBe('new a b')
      expect(await found('')).toBe('new a b')
      expect(await found('  \t ')).toBe('new a b')
      expect(await found('🪔')).toBe('new a b')
    })

    test('permits one typo from three letters on, two from eight on', async () => {
      const { found } = await wares(
        ware('short', 'ox'),
        ware('mid', 'kettle'),
        ware('long', 'chandelier'),
      )
      expect(await found('ix')).toBe('')
      for (const one of ['ketle', 'kettel', 'kettlee', 'vettle', 'ektlte'])
        expect(`${one}: ${await found(one)}`).toBe(`${one}: ${one === 'ektlte' ? '' : 'mid'}`)
      expect(await found('chanedlier')).toBe('long')
      expect(await found('chandleire')).toBe('long')
      expect(await found('chndlir')).toBe('')
    })

    test('finds documents with all words of the query, wherever each is', async () => {
      const { found } = await wares(
        ware('both', 'Blue vase', { description: 'Handmade' }),
        ware('one', 'Blue lamp'),
      )
      expect(await found('vase blue')).toBe('both')
      expect(await found('blue handmade')).toBe('both')
      expect(await found('blue stone')).toBe('')
    })

    test.each([
      ['muller', 'Müller'],
      ['strasse', 'Straße'],
      ['IBM', 'ＩＢＭ'],
      ['creme', 'Cre\u0300me'],
      ['οδος', 'ΟΔΌΣ'],
      ['lodz', 'Łódź'],
      ['日本', '日本酒'],
    ])('finds %s in %s, whatever the case, accents and width', async (q, name) => {
      const { search } = await wares(ware('a', `x ${name} y`), ware('b', 'nothing'))
      const { hits } = await search(q)
      expect(hits.map(({ key }) => key)).toEqual(['a'])
      expect(hits[0]?.highlights).toEqual([{ field: 'name', ranges: [[2, 2 + name.length]] }])
    })

    test.each([
      '%',
      '_',
      '*',
      '"',
      '\\',
      '.*',
      '(a|b)',
      'name:x',
      '+x -y',
      'a AND b',
      "'; --",
      '[',
    ])('takes %s for text and not for a language of queries', async (q) => {
      const { search } = await wares(ware('a', 'Vase'))
      const { hits } = await search(`vase ${q}`)
      expect(hits.every(({ key }) => key === 'a')).toBe(true)
      await expect(search(q)).resolves.toBeDefined()
    })

    test('cuts queries and words that are too long', async () => {
      const { found } = await wares(ware('a', 'Vase'), ware('b', 'x'.repeat(5_000)))
      expect(await found('x'.repeat(1_000))).toBe('b')
      expect(await found(Array.from({ length: 500 }, (_, at) => `w${at}`).join(' '))).toBe('')
    })

    test('returns documents whole, with the found words highlighted', async () => {
      const one = ware('a', 'Blue vases', { description: 'A VASE, blue; not black.' })
      const { search } = await wares(one)
      expect((await search('vase')).hits).toEqual([
        {
          key: 'a',
          document: one,
          highlights: [
            { field: 'name', ranges: [[5, 10]] },
            { field: 'description', ranges: [[2, 6]] },
          ],
        },
      ])
    })

    test('filters by facets, each of which is counted without its own filter', async () => {
      const { search } = await wares(
        ware('a', 'Vase', { price: { amount: 500, currency: 'EUR' } }),
        ware('b', 'Vase', { category: 'garden', price: { amount: 1_000, currency: 'EUR' } }),
        ware('c', 'Vase', { price: { amount: 9_000, currency: 'EUR' }, inStock: false }),
        ware('d', 'Lamp'),
      )
      const facets = ['category', 'price', 'inStock']
      const all = await search('vase', { facets })
      expect([all.total, all.facets]).toEqual([
        3,
        {
          category: [
            { value: 'home', count: 2 },
            { value: 'garden', count: 1 },
          ],
          price: [
            { to: 1_000, count: 1 },
            { from: 1_000, to: 5_000, count: 1 },
            { from: 5_000, count: 1 },
          ],
          inStock: [
            { value: true, count: 2 },
            { value: false, count: 1 },
          ],
        },
      ])
      const some = await search('vase', { facets, filters: { category: 'home', inStock: true } })
      expect(some.hits.map(({ key }) => key)).toEqual(['a'])
      expect(some.total).toBe(1)
      expect(some.facets.category).toEqual([
        { value: 'garden', count: 1 },
        { value: 'home', count: 1 },
      ])
      expect(some.facets.inStock).toEqual([
        { value: false, count: 1 },
        { value: true, count: 1 },
      ])
      expect(some.facets.price).toEqual([
        { to: 1_000, count: 1 },
        { from: 1_000, to: 5_000, count: 0 },
        { from: 5_000, count: 0 },
      ])
      const priced = await search('vase', { filters: { price: { gte: 1_000 } } })
      expect([priced.total, priced.facets]).toEqual([2, {}])
    })

    test('hides what the caller may not see, from hits, totals and facets', async () => {
      const { search } = await wares(
        ware('mine', 'Vase', { ownerId: 'ann' }),
        ware('hers', 'Vase', { ownerId: 'eve' }),
        ware('all', 'Vase', { category: 'garden' }),
      )
      const seen = await search('vase', {
        where: { 'price.currency': 'EUR' },
        anyOf: [{ ownerId: 'ann' }, { category: 'garden' }],
        facets: ['category'],
      })
      expect(seen.hits.map(({ key }) => key)).toEqual(['all', 'mine'])
      expect([seen.total, seen.facets.category?.length]).toEqual([2, 2])
      expect((await search('vase', { anyOf: [] })).total).toBe(0)
    })

    test('pages to the end, and each hit comes once', async () => {
      const all = Array.from({ length: 25 }, (_, at) =>
        ware(`w${String(at).padStart(2, '0')}`, at % 3 === 0 ? 'Vase' : 'Vases', {
          createdAt: `2030-01-01T00:00:0${at % 2}.000Z`,
        }),
      )
      const { search } = await wares(...all)
      const whole = await search('vase', { limit: 100 })
      const seen: string[] = []
      let after: string | undefined
      do {
        const page = await search('vase', { limit: 4, ...(after !== undefined && { after }) })
        seen.push(...page.hits.map(({ key }) => key))
        expect(page.total).toBe(25)
        after = page.next
      } while (after !== undefined)
      expect(seen).toEqual(whole.hits.map(({ key }) => key))
      expect([whole.next, seen.length]).toEqual([undefined, 25])
    })

    test('refuses the place of another query, and what was never one', async () => {
      const { search } = await wares(ware('a', 'Vase'), ware('b', 'Vase'))
      const { next } = await search('vase', { limit: 1 })
      await expect(search('lamp', { after: next! })).rejects.toThrow(InvalidQuery)
      await expect(search('vase', { after: next!, filters: { category: 'home' } })).rejects.toThrow(
        InvalidQuery,
      )
      for (const after of ['', 'x', 'W10', '!!'])
        await expect(search('vase', { after })).rejects.toThrow(InvalidQuery)
    })

    test.each<[string, Omit<SearchQuery, 'q'>]>([
      ['a field that is not there', { where: { colour: 'red' } }],
      ['a value of another type', { where: { inStock: 'yes' } }],
      ['a facet that is not declared', { facets: ['colour'] }],
      ['a facet that every object has', { facets: ['constructor'] }],
      ['a filter that is not declared', { filters: { colour: 'red' } }],
      ['a negative limit', { limit: -1 }],
    ])('refuses %s', async (_, more) => {
      const { search } = await wares(ware('a', 'Vase'))
      await expect(search('vase', more)).rejects.toThrow(InvalidQuery)
    })

    test('shows changes and deletions', async () => {
      const { model, found } = await wares(ware('a', 'Vase'), ware('b', 'Vase'))
      await write(model, [ware('b', 'Lamp')], ['a'])
      expect([await found('vase'), await found('lamp'), await found('')]).toEqual(['', 'b', 'b'])
      await write(model, [ware('a', 'Vase')])
      expect(await found('vase')).toBe('a')
    })

    test('finds nothing before a generation is published, and the new one whole after a switch', async () => {
      const model = newWares(under.declared)
      const nothing = { hits: [], total: 0, facets: {} }
      expect(await other.search(model, { q: 'vase' })).toEqual(nothing)
      await write(model, [ware('a', 'Vase')])
      const old = (await store.live(model))!
      const next = await store.begin(model)
      await store.write(next, {
        from: 0n,
        to: 9n,
        upserts: new Map([['b', ware('b', 'Vase')]]),
        deletes: [],
      })
      const found = async () =>
        (await other.search(model, { q: 'vase' }, { isFresh: true })).hits.map(({ key }) => key)
      expect(await found()).toEqual(['a'])
      await store.publish(next)
      expect(await found()).toEqual(['b'])
      await store.drop(old)
      expect(await found()).toEqual(['b'])
    })
  })
