import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { initially } from '../../src/domains/profiles/language.ts'
import type { AgoraHere, Env } from './agora.ts'
import { offer } from './gig-stall.ts'
import type { Call } from './http.ts'
import { successOf, type Person, type Shop } from './shop.ts'
import { until } from './until.ts'

type Hits = {
  readonly hits: readonly { readonly id: string; readonly document: Record<string, unknown> }[]
  readonly total: number
}

/**
 * Searches from end to end, by buyers, strangers and admins.
 * @param on the store of the search read models
 * @param start starts an Agora with that store
 * @param options.isSkipped whether there is no server to test on
 * @param options.lose deletes the documents of a read model by hand; left out where that is not tried
 */
export const searching = (
  on: string,
  start: (env?: Env) => Promise<AgoraHere>,
  {
    isSkipped = false,
    lose,
  }: { readonly isSkipped?: boolean; readonly lose?: (name: string) => Promise<void> } = {},
) =>
  describe.skipIf(isSkipped)(`searching, with the read models in ${on}`, () => {
    let agora: AgoraHere
    let shop: Shop
    let root: Person
    let ada: Person
    let lamp: string
    let orderId: string
    beforeAll(async () => {
      agora = await start()
      shop = agora.shop
      root = await shop.admin()
      ada = await shop.register('adalight')
      lamp = await shop.sell(10, 1_999, 'Müller lamp')
      await shop.sell(5, 900, 'Candle')
    })
    afterAll(() => agora[Symbol.asyncDispose]())

    const search = async (call: Call, path: string): Promise<Hits> =>
      successOf(await call('GET', path), 200).body.data
    const idsIn = ({ hits }: Hits) => hits.map(({ id }) => id)

    test('a buyer finds a product, and the order of it as soon as its position is known', async () => {
      const found = await until(
        () => search(shop.anyone, '/search/products?q=muler&inStock=true'),
        ({ total }) => total === 1,
      )
      expect(idsIn(found)).toEqual([lamp])
      const placed = successOf(await ada.order({ [lamp]: 2 }), 202)
      orderId = placed.body.data.id
      const query = `q=muller&minPosition=${placed.body.meta.position}`
      expect(idsIn(await search(ada.call, `/search/orders?${query}`))).toEqual([orderId])
      await ada.settled(orderId)
      const settled = await until(
        () => search(ada.call, `/search/orders?q=${orderId}&status=CONFIRMED`),
        ({ total }) => total === 1,
      )
      expect(settled.hits[0]?.document).toMatchObject({ userId: ada.id, status: 'CONFIRMED' })
      const stocked = await until(
        () => search(shop.anyone, '/search/products?q=muller'),
        ({ hits }) => hits[0]?.document.stock === 8,
      )
      expect(stocked.total).toBe(1)
    })

    test('a stranger finds neither the order nor a private profile by its name', async () => {
      const eve = await shop.register()
      expect(await search(eve.call, `/search/orders?q=${orderId}`)).toMatchObject({ total: 0 })
      const named = successOf(
        await ada.call('PATCH', `/users/${ada.id}`, { name: 'Countess Lovelace' }),
        200,
      )
      const byName = (position: string) =>
        search(eve.call, `/search/users?q=lovelace&minPosition=${position}`)
      expect(idsIn(await byName(named.body.meta.position))).toEqual([ada.id])
      const hidden = successOf(
        await ada.call('PUT', '/users/me/settings', { ...initially.settings, privacy: 'private' }),
        200,
      )
      const { position } = hidden.body.meta
      expect(await byName(position)).toEqual({ hits: [], total: 0 })
      const all = await search(eve.call, `/search/users?q=adalight&minPosition=${position}`)
      expect(all.hits).toMatchObject([
        { id: ada.id, document: { userId: ada.id, username: 'adalight', private: true } },
      ])
    })

    test('an admin drops a product from the index, indexes it anew, and rebuilds the indices', async () => {
      const path = `/search/index/products/${lamp}`
      const found = async () => (await search(shop.anyone, '/search/products?q=muller')).total
      successOf(await root.call('DELETE', path), 202)
      await until(found, (total) => total === 0)
      expect((await shop.anyone('GET', `/products/${lamp}`)).status).toBe(200)
      successOf(await root.call('PUT', path), 202)
      await until(found, (total) => total === 1)
      const generations = async (): Promise<Record<string, number>> => {
        const { body } = await root.call('GET', '/admin/projections')
        return Object.fromEntries(
          body.data.projections
            .filter(({ name }: { name: string }) => name.startsWith('search_'))
            .map(({ name, generation }: { name: string; generation: number }) => [
              name,
              generation,
            ]),
        )
      }
      const before = await generations()
      successOf(await root.call('POST', '/search/index/rebuild', {}), 202)
      await until(generations, (now) =>
        Object.entries(now).every(([name, generation]) => generation > before[name]!),
      )
      const { body } = await root.call('GET', '/admin/projections')
      const rebuilt = body.data.projections.filter(({ name }: { name: string }) => name in before)
      expect(rebuilt).toHaveLength(Object.keys(before).length)
      for (const { comparison } of rebuilt)
        expect(comparison).toMatchObject({ different: 0, onlyOld: 0, onlyNew: 0 })
      expect(await found()).toBe(1)
      // Recorded once for each index, and announced to the admin.
      const announced = await until(
        async () => {
          const { body } = await root.call('GET', `/notifications/user/${root.id}`)
          return body.data.notifications.filter(
            ({ type }: { type: string }) => type === 'search_index_rebuilt',
          )
        },
        ({ length }) => length === Object.keys(before).length,
      )
      expect(announced[0].text).toContain('0 different, 0 new, 0 gone')
      const { events } = (await root.call('GET', '/analytics/events?type=SearchIndexRebuilt')).body
        .data
      expect(events.map(({ data }: { data: { type: string } }) => data.type).toSorted()).toEqual([
        'gigs',
        'media',
        'orders',
        'posts',
        'products',
        'users',
      ])
    })

    const losing = (loseIndex: (name: string) => Promise<void>) =>
      test('an index that was deleted by hand is built anew with the next event, which the log says', async () => {
        await loseIndex('search_products')
        await shop.sell(1, 700, 'Deckchair')
        const found = (word: string) => search(shop.anyone, `/search/products?q=${word}`)
        for (const word of ['deckchair', 'muller'])
          await until(
            () => found(word),
            ({ total }) => total === 1,
          )
        expect(agora.written.join('\n')).toContain(
          'search_products is no longer in elasticsearch: it is built anew',
        )
      })
    if (lose) losing(lose)

    test('a gig is found while it is published', async () => {
      const activated = await ada.call('POST', '/users/me/seller', { displayName: 'Ada’s lights' })
      successOf(activated, 202)
      const me = async (): Promise<{ readonly roles: readonly string[] }> =>
        successOf(await ada.call('GET', '/users/me'), 200).body.data
      await until(me, ({ roles }) => roles.includes('seller'))
      const seller = await shop.signIn(ada)
      const gig = await offer(seller.call, { title: 'Restoring of chandeliers' })
      await offer(seller.call, { title: 'Restoring of candlesticks' }, { isDraft: true })
      const found = () => search(shop.anyone, '/search/gigs?q=restoring&category=design')
      const published = await until(found, ({ total }) => total === 1)
      expect(published.hits).toMatchObject([
        { id: gig, document: { seller: { id: ada.id, username: 'adalight' } } },
      ])
      const listed = async (query: string) =>
        successOf(await shop.anyone('GET', `/gigs?${query}`), 200).body.data
      const filters = 'category=design&minPrice=5000&maxPrice=5000&deliveryDays=3&rating=0'
      for (const sort of ['price', '-rating', 'createdAt'])
        expect(await listed(`${filters}&sort=${sort}&limit=1`)).toMatchObject({
          gigs: [{ id: gig, rating: { average: 0, count: 0 } }],
          total: 1,
        })
      const paused = successOf(await seller.call('POST', `/gigs/${gig}/pause`), 200)
      await until(found, ({ total }) => total === 0)
      expect(await listed(`minPosition=${paused.body.meta.position}`)).toMatchObject({ total: 0 })
    })

    test('a post is found by words and by a whole tag, until its author is private', async () => {
      const poet = await shop.register()
      const content = 'Gedichte über Zwiebeln #Über_Zwiebeln #küche'
      const { meta } = successOf(await poet.call('POST', '/posts', { content }), 201).body
      const since = `minPosition=${meta.position}`
      const reader = await shop.register()
      const found = async (query: string) =>
        (await search(reader.call, `/search/posts?${query}&${since}`)).hits.length
      for (const query of ['q=zwiebeln', 'tag=K%C3%BCche', 'tag=%23%C3%BCber_zwiebeln&q=gedicht'])
        expect(await found(query), query).toBe(1)
      for (const query of ['tag=zwiebeln', 'tag=k%C3%BC', 'tag=k%C3%BCche&q=tulpen'])
        expect(await found(query), query).toBe(0)
      const settings = { ...initially.settings, privacy: 'private' }
      const hidden = successOf(await poet.call('PUT', '/users/me/settings', settings), 200)
      const later = `minPosition=${hidden.body.meta.position}`
      expect(await search(reader.call, `/search/posts?q=zwiebeln&${later}`)).toEqual({
        hits: [],
        total: 0,
      })
    })

    test('a user who leaves is found no more', async () => {
      const found = async () => (await search(root.call, '/search/users?q=adalight')).total
      expect(await found()).toBe(1)
      successOf(await ada.call('DELETE', `/users/${ada.id}`), 202)
      await until(found, (total) => total === 0)
    })
  })
