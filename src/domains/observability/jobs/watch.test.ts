import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { tellAdmins } from './tell-admins.ts'
import { watch } from './watch.ts'

const start = Date.parse('2030-01-01T00:00:00Z')
let now = start
let letters: Awaited<ReturnType<JobPorts['deadLetterCounts']>> = []
let lagSeconds = 0

let world: HttpWorld
let ports: JobPorts
beforeAll(async () => {
  world = await httpWorld({ contexts: ['observability', 'notifications'] })
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(() => {
  ;[now, letters, lagSeconds] = [start, [], 0]
  ports = jobPorts(world, {
    clock: () => new Date(now),
    deadLetterCounts: async () => letters,
    lags: async () => [{ name: 'orders', lagEvents: 1, lagSeconds, within: 1_000 }],
  })
})

const parkedSaga = (name: string) => ({ kind: 'saga' as const, name, count: 1 })

/** Lets time pass, evaluates, and folds the read model. @returns types of all events of alerts about a subject */
const evaluatedAfter = async (seconds: number, subject: string): Promise<readonly string[]> => {
  now += seconds * 1_000
  await watch.run(ports)
  await world.readModels.fold()
  const { events } = await world.log.readAll({ limit: 10_000 })
  const [own] = events.filter(({ data }) => (data as { subject?: string }).subject === subject)
  return events.filter(({ stream }) => stream === own?.stream).map(({ type }) => type)
}

test('an alert is raised once, and resolved after its quiet time', async () => {
  letters = [parkedSaga('fulfilment')]
  expect(await evaluatedAfter(0, 'fulfilment')).toEqual(['AlertRaised'])
  expect(await evaluatedAfter(15, 'fulfilment')).toEqual(['AlertRaised'])
  letters = []
  expect(await evaluatedAfter(15, 'fulfilment')).toEqual(['AlertRaised'])
  expect(await evaluatedAfter(59, 'fulfilment')).toEqual(['AlertRaised'])
  expect(await evaluatedAfter(1, 'fulfilment')).toEqual(['AlertRaised', 'AlertResolved'])
  expect(await evaluatedAfter(600, 'fulfilment')).toEqual(['AlertRaised', 'AlertResolved'])
})

test('a read model that is rarely later than it promises raises nothing, one that stands still is raised once', async () => {
  for (let n = 0; n < 40; n += 1) {
    lagSeconds = n % 10 === 0 ? 1.1 : 1
    expect(await evaluatedAfter(15, 'orders')).toEqual([])
  }
  lagSeconds = 1.1
  // 12 of 120 samples are a tenth: nine, as four were missed before, and one of those that follow is more.
  for (let n = 0; n < 8; n += 1) expect(await evaluatedAfter(15, 'orders')).toEqual([])
  expect(await evaluatedAfter(15, 'orders')).toEqual(['AlertRaised'])
  lagSeconds = 0
  for (let n = 0; n < 100; n += 1) await evaluatedAfter(15, 'orders')
  expect(await evaluatedAfter(15, 'orders')).toEqual(['AlertRaised', 'AlertResolved'])
})

test('another process that goes on, before the read model has the alert, raises it no second time', async () => {
  letters = [parkedSaga('refunding')]
  await watch.run(ports)
  await watch.run(
    jobPorts(world, { clock: () => new Date(now), deadLetterCounts: async () => letters }),
  )
  expect(await evaluatedAfter(0, 'refunding')).toEqual(['AlertRaised'])
})

test('every admin is notified once by each channel, and nobody else', async () => {
  const admins = [
    await world.someone('root', 'admin'),
    await world.someone('ops', 'admin', 'seller'),
  ]
  await world.someone('ann', 'analyst')
  letters = [parkedSaga('delivery')]
  await evaluatedAfter(0, 'delivery')
  const { events } = await world.log.readAll({ limit: 10_000 })
  const raised = events.findLast(({ type }) => type === 'AlertRaised')
  expect.assert(raised)
  const data = tellAdmins.dataOf(raised)
  expect.assert(data)
  const commandId = randomUUID()
  const origin = { commandId, actorId: 'test', correlationId: commandId }
  await tellAdmins.run(data, origin, ports)
  await tellAdmins.run(data, origin, ports)
  const after = await world.log.readAll({ after: events.at(-1)!.position, limit: 10_000 })
  const requested = after.events
    .filter(({ type }) => type === 'NotificationRequested')
    .map(({ data: sent }) => sent as { userId: string; channel: string })
  const recipients = new Set(requested.map(({ userId }) => userId))
  expect([...recipients].toSorted()).toEqual(admins.map(({ id }) => id).toSorted())
  const pairs = requested.map(({ userId, channel }) => `${userId} ${channel}`)
  expect(new Set(pairs).size).toBe(pairs.length)
  expect(requested[0]).toMatchObject({
    type: 'alert_raised',
    subject: 'Critical alert',
    text: 'Parked runs of the saga delivery: 1.',
  })
})
