import { expect } from 'vitest'
import type { ProjectionStatus } from '../../src/runtime/operations.ts'
import { prepareService, type Program } from '../services/service.ts'
import { agoraHere } from './agora.ts'
import { placeOrders } from './load.ts'
import { allSettled } from './shop.ts'
import { until } from './until.ts'

/** A store of single read models that goes away and comes back. */
export type StoreAway = {
  readonly program: Program
  /** The setting that names its server. */
  readonly variable: string
  /** Its name in the list of read models. */
  readonly store: string
  /** Its name in the health of Agora. */
  readonly check: string
  /** The read models that live there. */
  readonly models: readonly string[]
  /** Path of a list that is read from it. */
  readonly listOf: (userId: string) => string
  /** Entries of that list after some orders. */
  readonly totalOf: (orders: number) => number
  /** How it goes away while orders are placed, one after the other. */
  readonly absences: readonly ('hangs' | 'is killed')[]
}

/**
 * Has a store be away at the start, and go away while orders are placed; checks that orders and other reads go on, that
 * its own reads are refused, and that its read models are level afterwards.
 * @returns the code of the refusals in each absence
 */
export const refusalsWithout = async (away: StoreAway): Promise<readonly string[]> => {
  const { check, models } = away
  await using server = await prepareService(away.program)
  const started = performance.now()
  await using agora = await agoraHere({ [away.variable]: server.url })
  const { shop } = agora
  const ada = await shop.register('ada')
  const lamp = await shop.sell(10_000)
  const root = await shop.admin()
  const acknowledged: string[] = []
  const refusals: string[] = []
  const patient = { patience: 120_000 }

  const statuses = async (): Promise<readonly ProjectionStatus[]> => {
    const { body } = await root.call('GET', '/admin/projections')
    return body.data.projections.filter(({ name }: ProjectionStatus) => models.includes(name))
  }
  const list = () => ada.call('GET', `${away.listOf(ada.id)}?limit=1`)
  /** What a probe says of the store. */
  const probe = async (path: string) => {
    const { status, body } = await shop.anyone('GET', path)
    const checks: { name: string; ok: boolean }[] = body.data?.checks ?? []
    return { status, isUp: checks.find(({ name }) => name === check)?.ok }
  }

  const expectAbsence = async () => {
    const refused = await until(list, ({ status }) => status !== 200, patient)
    expect(refused.status).toBe(503)
    refusals.push(refused.body.code)
    expect(refused.headers['retry-after']).toMatch(/^\d+$/)
    for (const path of ['//health/ready', '//health'])
      expect(
        await until(
          () => probe(path),
          ({ isUp }) => isUp === false,
          patient,
        ),
      ).toMatchObject({ status: 200 })
    // Orders are taken and settle, and their read model shows them.
    const id = await ada.buy({ [lamp]: 1 })
    expect((await ada.settled(id)).status).toBe('CONFIRMED')
    expect((await list()).status).toBe(503)
    acknowledged.push(id)
  }
  const expectReturn = async () => {
    await until(list, ({ status }) => status === 200, patient)
    await until(
      () => probe('//health'),
      ({ isUp }) => isUp === true,
      patient,
    )
  }

  await expectAbsence()
  await server.start()
  await expectReturn()
  const first = await until(
    statuses,
    (all) => all.every(({ status, store }) => status === 'live' && store === away.store),
    patient,
  )
  // Each was begun once, however often that was tried.
  expect(first.map(({ generation }) => generation)).toEqual(models.map(() => 1))

  const ways = {
    hangs: [async () => server.hang(), async () => server.resume()],
    'is killed': [server.kill, server.start],
  } as const
  for (const absence of away.absences) {
    const [go, comeBack] = ways[absence]
    const load = placeOrders(ada, () => [{ [lamp]: 1 }, 'tok_ok'], { atOnce: 2, total: 16 })
    await until(
      () => load.acknowledged().length,
      (count) => count >= 4,
      { every: 1 },
    )
    await go()
    await expectAbsence()
    await load.over
    expect([...load.statuses().keys()]).toEqual([202])
    acknowledged.push(...load.acknowledged())
    await comeBack()
    await expectReturn()
  }

  const orders = await allSettled(ada, { among: acknowledged })
  await until(list, ({ body }) => body.data.total === away.totalOf(orders.length), patient)
  for (const name of models) {
    await root.call('POST', `/admin/projections/${name}/rebuild`, {})
    const [live] = await until(
      async () => (await statuses()).filter((one) => one.name === name),
      ([one]) => one?.generation === 2 && one.status === 'live',
      patient,
    )
    expect(live?.comparison).toMatchObject({ different: 0, onlyOld: 0, onlyNew: 0 })
  }
  expect((await root.call('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])

  const lines = agora.written
    .map((line): { part?: string; source?: string; err?: { message: string } } => JSON.parse(line))
    .filter(({ part }) => part === 'projection')
  const most = 1 + Math.floor((performance.now() - started) / 60_000)
  for (const [line, same] of Map.groupBy(lines, ({ source, err }) => `${source}: ${err?.message}`))
    expect([line, same.length <= most]).toEqual([line, true])
  return refusals
}
