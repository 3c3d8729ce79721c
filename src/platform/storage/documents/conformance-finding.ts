import { beforeAll, describe, expect, test } from 'vitest'
import type { Projection } from '#kernel'
import { ids, order, published, put, type Order, type Stores } from './conformance-model.ts'
import { InvalidQuery, type Query } from './port.ts'

/** What every store promises of answering queries. */
export const findingConformance = (stores: () => Stores): void => {
  describe('finding', () => {
    let model: Projection<Order>
    const found = async (query: Query) => ids(await stores().other.find(model, query))
    const inOrder = async (...sort: readonly string[]) => (await found({ sort })).join('')
    const where = (conditions: Query['where'] & {}) => found({ where: conditions })

    beforeAll(async () => {
      const { store } = stores()
      model = stores().newModel()
      await published(store, model, [
        order('a', { weight: 2, gift: true, createdAt: '2030-01-03T00:00:00.000Z' }),
        order('b', { weight: 10, note: 'Éclair 100%', total: { amount: 5, currency: 'USD' } }),
        order('c', { userId: 'bob', weight: -1.5, gift: false, note: '\u{1F525}' }),
        order('d', { userId: 'bob', status: 'CONFIRMED', note: '\uFF5E' }),
        order('e', { userId: 'Ann', status: 'CONFIRMED', note: null, weight: 1e21 }),
        order('f', {
          userId: "o'neil",
          note: 'under_score',
          total: { amount: 100, currency: '' },
        }),
      ])
    })

    test('by equal texts, numbers and truths', async () => {
      expect(await where({ userId: 'ann' })).toStrictEqual(['a', 'b'])
      expect(await where({ userId: "o'neil" })).toStrictEqual(['f'])
      expect(await where({ weight: 10 })).toStrictEqual(['b'])
      expect(await where({ weight: 1e21 })).toStrictEqual(['e'])
      expect(await where({ gift: true })).toStrictEqual(['a'])
      expect(await where({ gift: false })).toStrictEqual(['c'])
      expect(await where({ userId: 'nobody' })).toStrictEqual([])
    })

    test('by several conditions, which all must hold', async () => {
      expect(await where({ userId: 'bob', status: 'CONFIRMED' })).toStrictEqual(['d'])
      expect(await where({})).toStrictEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    })

    test('by one of several values', async () => {
      expect(await where({ userId: { in: ['bob', 'Ann'] } })).toStrictEqual(['c', 'd', 'e'])
      expect(await where({ weight: { in: [2, -1.5] } })).toStrictEqual(['a', 'c'])
      expect(await where({ userId: { in: [] } })).toStrictEqual([])
    })

    test('by a range', async () => {
      expect(await where({ weight: { gt: 2 } })).toStrictEqual(['b', 'e'])
      expect(await where({ weight: { gte: 2, lt: 11 } })).toStrictEqual(['a', 'b'])
      expect(await where({ weight: { lte: -1.5 } })).toStrictEqual(['c'])
      expect(await where({ createdAt: { gt: '2030-01-01T00:00:00.000Z' } })).toStrictEqual(['a'])
      expect(await where({ note: { gte: '\uFF5E' } })).toStrictEqual(
        stores().comparesCodePoints ? ['c', 'd'] : ['d'],
      )
    })

    test('by a text within a text, in any case and without wildcards', async () => {
      expect(await where({ note: { contains: 'éCLAIR' } })).toStrictEqual(['b'])
      expect(await where({ note: { contains: '%' } })).toStrictEqual(['b'])
      expect(await where({ note: { contains: 'r_s' } })).toStrictEqual(['f'])
      expect(await where({ note: { contains: 'r_score%' } })).toStrictEqual([])
      expect(await where({ note: { contains: '\\' } })).toStrictEqual([])
      expect(await where({ note: { contains: '' } })).toStrictEqual(['b', 'c', 'd', 'f'])
      for (const unseen of ['\u0301\u0301', '\u200b\u200b', '\u00ad'])
        expect(await where({ note: { contains: unseen } })).toStrictEqual([])
    })

    test('by a part of a text, however its letters are kept', async () => {
      const { store } = stores()
      const drinks = stores().newModel()
      const notes = [
        'Cr\u00e8me br\u00fbl\u00e9e',
        'Cre\u0300me de cassis',
        'ΟΔΟΣ ΦΩΣ',
        'οδός',
        'Straße',
        'İSTANBUL',
        'ılık su',
        'Łódź',
        'Müller',
        'ｔｅａ',
        'שָׁלוֹם',
        '\u0000cre\u0301me',
      ]
      const names = 'abcdefghijkl'
      await published(
        store,
        drinks,
        notes.map((note, at) => order(names.charAt(at), { note })),
      )
      const finding = async (text: string) => {
        const contained = await store.find(drinks, { where: { note: { contains: text } } })
        return ids(contained).join('')
      }
      for (const creme of ['cr\u00e8me', 'cre\u0300me', 'CREME', 'CRE\u0300ME'])
        expect(await finding(creme), creme).toBe('abl')
      for (const street of ['οδος', 'οδοσ', 'ΟΔΌΣ', 'οδο\u0301ς'])
        expect(await finding(street), street).toBe('cd')
      for (const strasse of ['strasse', 'STRASSE', 'STRAẞE', 'straße'])
        expect(await finding(strasse), strasse).toBe('e')
      for (const city of ['istanbul', 'ISTANBUL', 'ıstanbul', 'İstanbul'])
        expect(await finding(city), city).toBe('f')
      expect(await finding('ilik')).toBe('g')
      expect(await finding('lodz')).toBe('h')
      expect(await finding('muller')).toBe('i')
      expect(await finding('MÜLL')).toBe('i')
      expect(await finding('TEA')).toBe('j')
      expect(await finding('שלום')).toBe('k')
      const note = 'MULLER'
      await put(store, (await store.live(drinks))!, [
        order('i', { note: 'Schmidt' }),
        order('m', { note }),
      ])
      expect(await finding('müller')).toBe('m')
    })

    test('by a field of a field', async () => {
      expect(await where({ 'total.amount': { lt: 1999 } })).toStrictEqual(['b', 'f'])
      expect(await where({ 'total.currency': 'USD' })).toStrictEqual(['b'])
    })

    test('by at least one of some alternatives', async () => {
      const anyOf = [{ status: 'CONFIRMED' }, { weight: 2, gift: true }]
      expect(await found({ anyOf })).toStrictEqual(['a', 'd', 'e'])
      expect(await found({ anyOf, where: { userId: 'bob' } })).toStrictEqual(['d'])
      expect(await found({ anyOf: [] })).toStrictEqual([])
      expect(await found({ anyOf: [{}], where: { userId: 'bob' } })).toStrictEqual(['c', 'd'])
    })

    test('in order: numbers by size, texts by code point, the key between equals', async () => {
      expect(await inOrder('weight')).toBe('cabedf')
      expect(await inOrder('-weight')).toBe('dfebac')
      expect(await inOrder('userId')).toBe('eabcdf')
      expect(await inOrder('-note')).toBe(stores().comparesCodePoints ? 'aecdbf' : 'aedcbf')
      expect(await inOrder('-gift')).toBe('bdefac')
      expect(await inOrder('-status', '-createdAt')).toBe('abcfde')
      expect(await inOrder('-total.amount', 'userId')).toBe('eacdfb')
    })

    test('page by page, and always with the count of all', async () => {
      const { other } = stores()
      const page = async (limit: number, offset: number) => {
        const query: Query = {
          sort: ['-createdAt'],
          where: { weight: { gt: -9 } },
          limit,
          offset,
        }
        const { documents, total } = await other.find(model, query)
        return [documents.map(({ id }) => id), total]
      }
      expect(await page(2, 0)).toStrictEqual([['a', 'b'], 4])
      expect(await page(2, 2)).toStrictEqual([['c', 'e'], 4])
      expect(await page(3, 3)).toStrictEqual([['e'], 4])
      expect(await page(9, 0)).toStrictEqual([['a', 'b', 'c', 'e'], 4])
      expect(await page(2, 7)).toStrictEqual([[], 4])
      expect(await page(0, 0)).toStrictEqual([[], 4])
      expect((await other.find(model, {})).total).toBe(6)
    })

    test('without a count, where none is asked for', async () => {
      const query: Query = { sort: ['userId'], counted: false, limit: 2, offset: 1 }
      const { documents, total } = await stores().other.find(model, query)
      expect([documents.length, total]).toStrictEqual([2, 3])
    })

    test('from a place on, and always with the count of all', async () => {
      const { other } = stores()
      const all = await other.find(model, { sort: ['createdAt'] })
      for (const sort of [
        'createdAt',
        '-createdAt',
        'userId',
        '-userId',
        'total.amount',
        'id',
        'weight',
        '-weight',
        'gift',
        '-note',
      ]) {
        const whole = ids(await other.find(model, { sort: [sort] }))
        const seen: string[] = []
        for (let after: Query['after'], more = true; more;) {
          const found = await other.find(model, { sort: [sort], limit: 2, ...(after && { after }) })
          seen.push(...ids(found))
          expect(found.total).toBe(all.total)
          const last = found.documents.at(-1)
          more = found.documents.length === 2 && seen.length <= whole.length
          const values = { ...last, 'total.amount': last?.total.amount }
          const value = values[sort.replace('-', '') as 'id' | 'total.amount' | 'note'] ?? undefined
          if (last) after = { value, key: last.id }
        }
        expect(seen, sort).toStrictEqual(whole)
      }
      const found = await other.find(model, {
        where: { status: 'PENDING', createdAt: { gte: '2000-01-01T00:00:00.000Z' } },
        sort: ['-createdAt'],
        after: { value: '1999-01-01T00:00:00.000Z', key: '' },
      })
      expect([ids(found), found.total > 0]).toStrictEqual([[], true])
    })

    test('twenty at a time, when nothing else is said', async () => {
      const { store } = stores()
      const many = stores().newModel()
      const orders = Array.from({ length: 25 }, (_, index) => order(`${index + 10}`))
      await published(store, many, orders)
      const { documents, total } = await store.find(many, {})
      expect([documents.length, total]).toStrictEqual([20, 25])
    })

    test.each<[string, Query]>([
      ['a field that is not there', { where: { colour: 'red' } }],
      ['a field of a field that is not there', { where: { 'total.cents': 1 } }],
      ['a field that every object has', { where: { constructor: 'x' } }],
      ['SQL in a name', { where: { "id') = '' OR ('": 'x' } }],
      ['a field that is an object', { where: { total: 'x' } }],
      ['an order by a list', { sort: ['lines'] }],
      ['an order by nothing', { sort: ['-'] }],
      ['a number where a text is', { where: { status: 1 } }],
      ['a text where a number is', { anyOf: [{ weight: { gt: '1' } }] }],
      ['no number', { where: { weight: Number.NaN } }],
      ['a text in a number', { where: { weight: { contains: '1' } } }],
      ['a part of what is not kept for it', { where: { status: { contains: 'a' } } }],
      ['a place in no order', { after: { value: 1, key: 'a' } }],
      ['a place in two orders', { sort: ['id', 'status'], after: { value: 'a', key: 'a' } }],
      ['a place of another type', { sort: ['weight'], after: { value: 'a', key: 'a' } }],
      ['a negative limit', { limit: -1 }],
      ['half a page', { offset: 0.5 }],
    ])('refuses %s', async (_, query) => {
      const { store } = stores()
      await expect(store.find(model, query)).rejects.toThrow(InvalidQuery)
    })
  })
}
