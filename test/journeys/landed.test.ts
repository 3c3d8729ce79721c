import { describe, expect, test } from 'vitest'
import type { ProjectionStatus } from '../../src/runtime/operations.ts'
import { ledgerOf, startAgora, temporaryData } from '../support/agora.ts'
import { ranHere } from '../support/cli.ts'
import type { Call } from '../support/http.ts'
import {
  landedFolders,
  readLandedFolder,
  restoreLandedFolder,
} from '../support/landed/landed-folder.ts'
import { readBy } from '../support/landed/read-by.ts'
import { landedVersions } from '../support/landed/versions.ts'
import { shopAt, successOf, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'

/** Its first admin is in the folder. */
const env = { ADMIN_EMAIL: '', ADMIN_PASSWORD: '' }

const patient = { timeout: 60_000 }

/** Recorded data without `beyond`: the receipt of an erasure explains there, to people, what it cannot reach. */
const withoutProse = (data: unknown): unknown =>
  JSON.parse(JSON.stringify(data, (key, value: unknown) => (key === 'beyond' ? undefined : value)))

test('each released version has its fixture', async () => {
  expect(landedVersions.map(({ fixture }) => fixture).toSorted()).toEqual(
    (await landedFolders()).toSorted(),
  )
})

// Fixtures are written by `test/support/landed/write.ts`.
describe.each(landedVersions)('a data folder that $version has written', ({ fixture: name }) => {
  test('is upgraded by a start: what was acknowledged is read, orders under way end, and all read models can be rebuilt', async () => {
    const { story, ...folder } = await readLandedFolder(name)
    await using data = await temporaryData()
    await restoreLandedFolder(folder, data.path)
    await using agora = await startAgora(data.path, env)
    const { people, ordered } = story
    const personOf = (who = '') => {
      const credentials = people[who]
      if (!credentials) throw new Error(`Nobody is called ${who}`)
      return credentials
    }
    const shop = shopAt(agora.url, personOf('root'))

    // An open session goes on; signing in takes the old passwords.
    const { refreshToken } = story
    successOf(await shop.anyone('POST', '/auth/refresh', { refreshToken }), 200)
    const signedIn = new Map<string, Person>()
    for (const name of Object.keys(people)) signedIn.set(name, await shop.signIn(personOf(name)))
    const person = (name: string): Person => {
      const found = signedIn.get(name)
      if (!found) throw new Error(`Nobody is called ${name}`)
      return found
    }
    const [root, ada, ben] = [person('root'), person('ada'), person('ben')]
    const callOf = (by?: string): Call => (by === undefined ? shop.anyone : person(by).call)

    // Orders that were under way end, and nobody pays twice.
    const orders = await Promise.all(story.openOrders.map(ben.settled))
    const confirmed = orders.filter(({ status }) => status === 'CONFIRMED')
    await until(
      () => shop.stockOf(ordered.productId),
      ({ quantity, reserved }) =>
        quantity === ordered.quantity - confirmed.length && reserved === 0,
    )
    // What was charged for an order that ran out of time meanwhile is refunded after its end.
    const paid = async () => {
      const { charges, refunds } = await ledgerOf(data.path)
      return orders.map(({ status, payment }) => {
        const [out = 0, back = 0] = [charges, refunds].map(
          (of) => of.get(payment?.id ?? '')?.length,
        )
        return { status, charges: out - back }
      })
    }
    await expect
      .poll(paid, patient)
      .toEqual(orders.map(({ status }) => ({ status, charges: status === 'CONFIRMED' ? 1 : 0 })))

    for (const { by, path, status, data: recorded } of story.answers)
      expect({ path, ...(await readBy(callOf(by), path)) }).toMatchObject({
        path,
        status,
        data: withoutProse(recorded),
      })

    // What was under way goes on, and new orders are taken.
    for (const { by, method, path, body, status, leadsTo } of story.next ?? []) {
      successOf(await callOf(by)(method, path, body), status)
      await expect
        .poll(() => readBy(callOf(leadsTo.by), leadsTo.path), patient)
        .toMatchObject({ status: 200, data: leadsTo.data })
    }
    const id = await ada.buy({ [ordered.productId]: 1 })
    expect((await ada.settled(id)).status).toBe('CONFIRMED')

    // No event was changed; the chain of digests of 0.2.0 goes on.
    expect(await ranHere(['verify-log'], { AGORA_DATA: data.path })).toMatchObject({ code: 0 })

    const statuses = async (): Promise<readonly ProjectionStatus[]> =>
      successOf(await root.call('GET', '/admin/projections?limit=100'), 200).body.data.projections
    const generations = new Map(
      (
        await until(statuses, (all) =>
          all.every(({ status, lagEvents }) => status === 'live' && lagEvents === 0),
        )
      ).map((one) => [one.name, one.generation]),
    )
    for (const model of generations.keys())
      successOf(await root.call('POST', `/admin/projections/${model}/rebuild`, {}), 202)
    const rebuilt = await until(statuses, (all) =>
      all.every(({ name: model, status, generation }) => {
        return status === 'live' && generation > (generations.get(model) ?? 0)
      }),
    )
    for (const { name: model, comparison } of rebuilt)
      expect({ model, comparison }).toMatchObject({
        model,
        comparison: { different: 0, onlyOld: 0, onlyNew: 0 },
      })
  })
})
