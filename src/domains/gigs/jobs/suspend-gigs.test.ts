import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asId } from '#kernel'
import { offer } from '../../../../test/support/gig-stall.ts'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { boundJob } from '../../../serving/job.ts'
import { account } from '../../identity/language.ts'
import { UserId } from '../../shared/index.ts'
import { changeRoutes } from '../routes/changes.ts'
import { suspendGigs } from './suspend-gigs.ts'

let world: HttpWorld
let admin: Call
let ada: Awaited<ReturnType<HttpWorld['someone']>>
let ids: string[]
beforeAll(async () => {
  world = await httpWorld()
  admin = (await world.someone('root', 'admin')).call
  ada = await world.someone('ada', 'seller')
  const paused = await offer(ada.call, { title: 'Paused logo' })
  await ada.call('POST', `/gigs/${paused}/pause`)
  ids = [await offer(ada.call), paused, await offer(ada.call, {}, { isDraft: true })]
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}
const tell = (type: 'SuspendAccount' | 'ResumeAccount') =>
  world.deps.executor.execute(
    account,
    asId(UserId, ada.id),
    type === 'SuspendAccount' ? { type, data: { reason: 'x' } } : { type, data: {} },
    origin(),
  )
/** Runs the job for the last event of the account of its type. */
const run = async (type: 'AccountSuspended' | 'AccountResumed') => {
  const { dataOf, run: runFor } = boundJob(suspendGigs, jobPorts(world))
  const events = await world.log.read(`account-${ada.id}`, { limit: 100 })
  const event = events.findLast((one) => one.type === type)
  const data = event && dataOf(event)
  if (data === undefined) throw new Error(`No job follows ${type}`)
  await runFor(data, origin())
  await world.readModels.fold()
}
/** Titles that everybody finds, and the status of each gig by its id. */
const shown = async () => {
  const lists = ['/gigs', `/gigs?seller=${ada.id}`, `/users/${ada.id}/gigs`]
  const listed = await Promise.all(
    lists.map(async (path) => (await world.anyone('GET', path)).body.data.gigs.length),
  )
  const found = (await world.anyone('GET', '/search/gigs?q=logo')).body.data.total
  const suggested = (await world.anyone('GET', '/search/suggest?q=logo')).body.data.suggestions
  const byId = await Promise.all(
    ids.map(async (id) => (await world.anyone('GET', `/gigs/${id}`)).status),
  )
  return { listed, found, suggested: suggested.length, byId }
}

test('gigs of a suspended seller are shown to nobody else, until the seller is back', async () => {
  await world.readModels.fold()
  const before = await shown()
  expect(before).toEqual({ listed: [1, 1, 1], found: 1, suggested: 1, byId: [200, 200, 404] })

  await tell('SuspendAccount')
  await run('AccountSuspended')
  expect(await shown()).toEqual({
    listed: [0, 0, 0],
    found: 0,
    suggested: 0,
    byId: [404, 404, 404],
  })
  expect((await admin('GET', `/gigs/${ids[0]}`)).status).toBe(200)
  expect((await admin('GET', `/users/${ada.id}/gigs`)).body.data.gigs).toHaveLength(3)
  // Also by a token that was checked a moment before.
  const publish = changeRoutes.find(({ operationId }) => operationId === 'publishGig')
  const late = {
    params: { id: ids[2] },
    caller: { id: ada.id, roles: ['seller'] },
    origin: origin(),
    expecting: {},
  }
  const { executor } = world.deps
  const handled = (async () => publish?.handle(late as never, { executor } as never))()
  await expect(handled).rejects.toMatchObject({ statusCode: 403 })

  await tell('ResumeAccount')
  await run('AccountResumed')
  expect(await shown()).toEqual(before)
})

test('a late run follows the account as it is by then', async () => {
  await tell('SuspendAccount')
  await tell('ResumeAccount')
  const before = await shown()
  await run('AccountResumed')
  await run('AccountSuspended')
  expect(await shown()).toEqual(before)
})
