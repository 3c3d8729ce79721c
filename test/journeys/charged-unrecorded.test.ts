import { expect, test } from 'vitest'
import { findEmbeddedPostgres } from '../../src/platform/engines/embedded/embedded-postgres.ts'
import { openDatabase, type Session } from '../../src/platform/engines/postgres/database.ts'
import { ledgerOf, shortLease, startAgora, temporaryData } from '../support/agora.ts'
import { gigBasket, gigOrderWith, newSeller, offerGig, orderGig } from '../support/marketplace.ts'
import { successOf, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'

/** Opens the PostgreSQL of an Agora beside it, to make it wait. */
const besides = async (data: string) => {
  const database = openDatabase((await findEmbeddedPostgres(data)) ?? '')
  /** Locks a table until the returned function is called, or PostgreSQL is killed. */
  const lock = async (table: string, mode: string): Promise<() => Promise<void>> => {
    const [locked, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const held = database.transaction(async (session: Session) => {
      await session.query(`LOCK TABLE ${table} IN ${mode} MODE`)
      locked.resolve()
      await over.promise
    })
    await Promise.race([locked.promise, held])
    return async () => {
      over.resolve()
      await held.catch(() => undefined)
    }
  }
  const count = async (text: string): Promise<number> =>
    (await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${text}`))[0]!
      .count
  return { lock, count, [Symbol.asyncDispose]: () => database.close() }
}

const authorisations = 'agora.simulated_authorisations'

const deliver = async ({ call }: Person, id: string) =>
  successOf(await call('POST', `/orders/${id}/deliver`, { message: 'Here it is' }), 200)
const complete = async ({ call }: Person, id: string) =>
  successOf(await call('POST', `/orders/${id}/complete`, {}), 202)

test('kill -9 of everything while cards are charged: of cancelled orders, the money is refunded; of gigs, it is taken once', async () => {
  await using data = await temporaryData()
  let credentials
  let sellers
  const ids: string[] = []
  const cancelled = new Set<string>()
  const gigs = { authorised: '', working: '', captured: '' }
  {
    await using agora = await startAgora(data.path, shortLease)
    const ada = (credentials = await agora.shop.register('ada'))
    const eve = (sellers = await newSeller(agora.shop))
    const gigId = await offerGig(eve)
    gigs.working = await orderGig(ada, gigId)
    gigs.captured = await orderGig(ada, gigId)
    await deliver(eve, gigs.captured)

    await using postgres = await besides(data.path)
    const answer = await postgres.lock(authorisations, 'EXCLUSIVE')
    gigs.authorised = successOf(
      await ada.call('POST', '/orders', gigBasket(gigId)),
      202,
    ).body.data.id
    await complete(ada, gigs.captured)
    // The authorisation of the one and the capture of the other are with the provider.
    await until(
      () =>
        postgres.count(`pg_locks WHERE relation = '${authorisations}'::regclass AND NOT granted`),
      (waiting) => waiting === 2,
    )

    const lamp = await agora.shop.sell(10)
    const cart = { [lamp]: 1 }
    ids.push(...(await Promise.all(Array.from({ length: 6 }, () => ada.buy(cart, 'tok_slow')))))
    // The provider has taken the money; its answer takes two seconds.
    const charged = async () => (await ledgerOf(data.path)).charges.size
    await until(charged, (count) => count > 0, { every: 5 })
    await Promise.all(
      ids.map(async (id) => {
        // On a slow machine, some are confirmed by now.
        const { status } = await ada.call('POST', `/orders/${id}/cancel`, { reason: 'changed' })
        if (status === 200) cancelled.add(id)
      }),
    )
    expect(cancelled.size).toBeGreaterThan(0)
    await until(
      async () => (await ada.call('GET', '/payments?status=VOIDED&limit=1')).body.data.total,
      (voided) => voided > 0,
      { every: 5 },
    )
    // From here on the provider answers, and nothing is recorded.
    const record = await postgres.lock('agora.events', 'SHARE')
    await answer()
    await until(
      async () => [
        await postgres.count(`${authorisations} WHERE authorised_at IS NOT NULL`),
        await postgres.count(`${authorisations} WHERE captured_at IS NOT NULL`),
      ],
      ([authorised, captured]) => authorised === 3 && captured === 1,
    )
    await agora.kill()
    await record()
  }
  await using agora = await startAgora(data.path, shortLease)
  const ada = await agora.shop.signIn(credentials)
  const eve = await agora.shop.signIn(sellers)
  const orders = await Promise.all(ids.map(ada.settled))
  for (const { id, status } of orders)
    expect(status).toBe(cancelled.has(id) ? 'CANCELLED' : 'CONFIRMED')

  // Each order of a gig goes on from where it was.
  const held = await gigOrderWith(ada, gigs.authorised, 'IN_PROGRESS', 'AUTHORIZED')
  const done = [await gigOrderWith(ada, gigs.captured, 'COMPLETED', 'COMPLETED')]
  await deliver(eve, gigs.working)
  await complete(ada, gigs.working)
  done.push(await gigOrderWith(ada, gigs.working, 'COMPLETED', 'COMPLETED'))

  // Only the confirmed and the completed orders are paid in the end.
  const confirmed = ids.length - cancelled.size
  const { charges } = await until(
    () => ledgerOf(data.path),
    (ledger) => ledger.balance === confirmed * 1999 + done.length * 5_000,
  )
  expect(done.map(({ payment }) => charges.get(payment?.id ?? '')?.length)).toEqual([1, 1])
  expect(charges.has(held.payment?.id ?? '')).toBe(false)
  await until(
    async () => (await eve.call('GET', '/users/me/earnings')).body.data.earnings[0],
    (earned) => earned?.held.amount === 5_000 && earned.captured.amount === 10_000,
  )
  const taken = charges.size - done.length - confirmed
  expect(taken).toBeGreaterThan(0)
  await until(
    async () => (await ada.call('GET', '/payments?status=REFUNDED&limit=1')).body.data.total,
    (refunded) => refunded === taken,
  )
  const { call: admin } = await agora.shop.admin()
  expect((await admin('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])
})
