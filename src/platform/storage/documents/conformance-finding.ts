import assert from 'node:assert/strict'
import { beforeAll, describe, test } from 'vitest'
import { ids, newModel, order, published, put, type Stores } from './conformance-model.ts'
import { InvalidQuery, type Query } from './port.ts'

/** What every store promises of answering queries. */
export const findingConformance = (stores: () => Stores): void => {
  describe('finding', () => {
    const model = newModel()
    const found = async (query: Query) => ids(await stores().other.find(model, query))
    const inOrder = async (...sort: readonly string[]) => (await found({ sort })).join('')
    const where = (conditions: Query['where'] & {}) => found({ where: conditions })

    beforeAll(async () => {
      const { store } = stores()
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
      assert.deepEqual(await where({ userId: 'ann' }), ['a', 'b'])
      assert.deepEqual(await where({ userId: "o'neil" }), ['f'])
      assert.deepEqual(await where({ weight: 10 }), ['b'])
      assert.deepEqual(await where({ weight: 1e21 }), ['e'])
      assert.deepEqual(await where({ gift: true }), ['a'])
      assert.deepEqual(await where({ gift: false }), ['c'])
      assert.deepEqual(await where({ userId: 'nobody' }), [])
    })

    test('by several conditions, which all must hold', async () => {
      assert.deepEqual(await where({ userId: 'bob', status: 'CONFIRMED' }), ['d'])
      assert.deepEqual(await where({}), ['a', 'b', 'c', 'd', 'e', 'f'])
    })

    test('by one of several values', async () => {
      assert.deepEqual(await where({ userId: { in: ['bob', 'Ann'] } }), ['c', 'd', 'e'])
      assert.deepEqual(await where({ weight: { in: [2, -1.5] } }), ['a', 'c'])
      assert.deepEqual(await where({ userId: { in: [] } }), [])
    })

    test('by a range', async () => {
      assert.deepEqual(await where({ weight: { gt: 2 } }), ['b', 'e'])
      assert.deepEqual(await where({ weight: { gte: 2, lt: 11 } }), ['a', 'b'])
      assert.deepEqual(await where({ weight: { lte: -1.5 } }), ['c'])
      assert.deepEqual(await where({ createdAt: { gt: '2030-01-01T00:00:00.000Z' } }), ['a'])
      assert.deepEqual(await where({ note: { gte: '\uFF5E' } }), ['c', 'd'])
    })

    test('by a text within a text, in any case and without wildcards', async () => {
      assert.deepEqual(await where({ note: { contains: 'éCLAIR' } }), ['b'])
      assert.deepEqual(await where({ note: { contains: '%' } }), ['b'])
      assert.deepEqual(await where({ note: { contains: 'r_s' } }), ['f'])
      assert.deepEqual(await where({ note: { contains: 'r_score%' } }), [])
      assert.deepEqual(await where({ note: { contains: '\\' } }), [])
      assert.deepEqual(await where({ note: { contains: '' } }), ['b', 'c', 'd', 'f'])
      for (const unseen of ['\u0301\u0301', '\u200b\u200b', '\u00ad'])
        assert.deepEqual(await where({ note: { contains: unseen } }), [])
    })

    test('by a part of a text, however its letters are kept', async () => {
      const { store } = stores()
      const drinks = newModel()
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
        const contained = ids(await store.find(drinks, { where: { note: { contains: text } } }))
        const searched = ids(await store.find(drinks, { search: text, limit: 100 }))
        assert.deepEqual(
          contained.filter((id) => !searched.includes(id)),
          [],
          `${text} is searched`,
        )
        return contained.join('')
      }
      for (const creme of ['cr\u00e8me', 'cre\u0300me', 'CREME', 'CRE\u0300ME'])
        assert.equal(await finding(creme), 'abl', creme)
      for (const street of ['οδος', 'οδοσ', 'ΟΔΌΣ', 'οδο\u0301ς'])
        assert.equal(await finding(street), 'cd', street)
      for (const strasse of ['strasse', 'STRASSE', 'STRAẞE', 'straße'])
        assert.equal(await finding(strasse), 'e', strasse)
      for (const city of ['istanbul', 'ISTANBUL', 'ıstanbul', 'İstanbul'])
        assert.equal(await finding(city), 'f', city)
      assert.equal(await finding('ilik'), 'g')
      assert.equal(await finding('lodz'), 'h')
      assert.equal(await finding('muller'), 'i')
      assert.equal(await finding('MÜLL'), 'i')
      assert.equal(await finding('TEA'), 'j')
      assert.equal(await finding('שלום'), 'k')
      const note = 'MULLER'
      await put(store, (await store.live(drinks))!, [
        order('i', { note: 'Schmidt' }),
        order('m', { note }),
      ])
      assert.equal(await finding('müller'), 'm')
    })

    test('by a field of a field', async () => {
      assert.deepEqual(await where({ 'total.amount': { lt: 1999 } }), ['b', 'f'])
      assert.deepEqual(await where({ 'total.currency': 'USD' }), ['b'])
    })

    test('by at least one of some alternatives', async () => {
      const anyOf = [{ status: 'CONFIRMED' }, { weight: 2, gift: true }]
      assert.deepEqual(await found({ anyOf }), ['a', 'd', 'e'])
      assert.deepEqual(await found({ anyOf, where: { userId: 'bob' } }), ['d'])
      assert.deepEqual(await found({ anyOf: [] }), [])
      assert.deepEqual(await found({ anyOf: [{}], where: { userId: 'bob' } }), ['c', 'd'])
    })

    test('in order: numbers by size, texts by code point, the key between equals', async () => {
      assert.equal(await inOrder('weight'), 'cabedf')
      assert.equal(await inOrder('-weight'), 'dfebac')
      assert.equal(await inOrder('userId'), 'eabcdf')
      assert.equal(await inOrder('-note'), 'aecdbf')
      assert.equal(await inOrder('-gift'), 'bdefac')
      assert.equal(await inOrder('-status', '-createdAt'), 'abcfde')
      assert.equal(await inOrder('-total.amount', 'userId'), 'eacdfb')
    })

    test('by a text that is in one that is searched, or resembles it, the likest first', async () => {
      const { store } = stores()
      const people = newModel()
      await published(store, people, [
        order('a', { userId: 'ada.lovelace', note: 'Ada King, Countess of Lovelace' }),
        order('b', { userId: 'love', note: 'A cat' }),
        order('c', { userId: 'nevada', note: '100%' }),
        order('d', { userId: 'bob', note: 'Ada', createdAt: '2030-01-03T00:00:00.000Z' }),
        order('e', { userId: 'ADA', note: 'Émilie', createdAt: '2030-01-02T00:00:00.000Z' }),
        order('f', { userId: 'vad' }),
      ])
      const search = async (text: string, more: Query = {}) =>
        ids(await store.find(people, { search: text, ...more })).join('')
      assert.equal(await search('lovelase'), 'a')
      assert.equal(await search('countes lovlace'), 'a')
      assert.equal(await search('LOVE'), 'ba')
      assert.equal(await search('ada'), 'adec')
      assert.equal(await search('ada', { sort: ['createdAt'] }), 'aedc')
      assert.equal(await search('ada', { where: { note: 'Ada' } }), 'd')
      assert.equal(await search('ada', { anyOf: [{ note: 'Ada' }, { note: '100%' }] }), 'dc')
      assert.equal(await search('adda'), 'ade')
      assert.equal(await search('vada'), 'cf')
      assert.equal(await search('émilie'), 'e')
      assert.equal(await search('%'), 'c')
      assert.equal(await search('zzz'), '')
      const page = await store.find(people, { search: 'ada', limit: 2, offset: 1 })
      assert.deepEqual([ids(page), page.total], [['d', 'e'], 4])
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
      assert.deepEqual(await page(2, 0), [['a', 'b'], 4])
      assert.deepEqual(await page(2, 2), [['c', 'e'], 4])
      assert.deepEqual(await page(3, 3), [['e'], 4])
      assert.deepEqual(await page(9, 0), [['a', 'b', 'c', 'e'], 4])
      assert.deepEqual(await page(2, 7), [[], 4])
      assert.deepEqual(await page(0, 0), [[], 4])
      assert.equal((await other.find(model, {})).total, 6)
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
          assert.equal(found.total, all.total)
          const last = found.documents.at(-1)
          more = found.documents.length === 2 && seen.length <= whole.length
          const values = { ...last, 'total.amount': last?.total.amount }
          const value = values[sort.replace('-', '') as 'id' | 'total.amount' | 'note'] ?? undefined
          if (last) after = { value, key: last.id }
        }
        assert.deepEqual(seen, whole, sort)
      }
      const found = await other.find(model, {
        where: { status: 'PENDING', createdAt: { gte: '2000-01-01T00:00:00.000Z' } },
        sort: ['-createdAt'],
        after: { value: '1999-01-01T00:00:00.000Z', key: '' },
      })
      assert.deepEqual([ids(found), found.total > 0], [[], true])
    })

    test('twenty at a time, when nothing else is said', async () => {
      const { store } = stores()
      const many = newModel()
      const orders = Array.from({ length: 25 }, (_, index) => order(`${index + 10}`))
      await published(store, many, orders)
      const { documents, total } = await store.find(many, {})
      assert.deepEqual([documents.length, total], [20, 25])
    })

    test('and refuses to search where nothing is to be searched', async () => {
      const { store } = stores()
      await assert.rejects(store.find({ ...model, searched: [] }, { search: 'x' }), InvalidQuery)
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
      ['a place among likenesses', { sort: ['id'], search: 'x', after: { value: 'a', key: 'a' } }],
      ['a negative limit', { limit: -1 }],
      ['half a page', { offset: 0.5 }],
    ])('refuses %s', async (_, query) => {
      const { store } = stores()
      await assert.rejects(store.find(model, query), InvalidQuery)
    })
  })
}
