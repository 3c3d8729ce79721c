import { Check } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { derivedId, marksOf } from '#kernel'
import { newId } from '#kernel/testing'
import { httpWorld, noOperations, type HttpWorld } from '../../test/support/http.ts'
import { jobPorts, unusedProvider } from '../../test/support/job-ports.ts'
import { memoryReconciliations } from '../platform/storage/reconciliation/memory.ts'
import type { JobPorts } from '../serving/job-ports.ts'
import { boundWorkflows, WorkflowFailed } from '../serving/workflow.ts'
import { session } from './identity/language.ts'
import { modules } from './index.ts'
import { order } from './ordering/language.ts'
import { OrderId, PaymentId, ProductId, SessionId, UserId } from './shared/index.ts'

const declared = modules.flatMap(({ workflows }) => workflows)

describe('the declared types of scheduled jobs', () => {
  test('have names of their own, a sentence, and a valid example', () => {
    expect(new Set(declared.map(({ name }) => name)).size).toBe(declared.length)
    expect(declared.filter(({ name }) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([])
    expect(declared.filter(({ about }) => !/^[A-Z].+\.$/.test(about))).toEqual([])
    expect(declared.filter(({ payload, example }) => !Check(payload, example))).toEqual([])
  })

  test('have payloads without further fields, secrets and personal data', () => {
    const open = declared.filter(({ payload, example }) => Check(payload, { ...example, x: 1 }))
    const marked = declared.flatMap(({ name, payload }) =>
      Object.entries(payload.properties).flatMap(([field, schema]) => {
        const { secret, personal } = marksOf(schema)
        return secret || personal ? [`${name}.${field}`] : []
      }),
    )
    expect([open, marked]).toEqual([[], []])
  })
})

let world: HttpWorld
let now = new Date('2030-01-01T00:00:00.000Z')
const rebuilt: string[] = []
let ports: JobPorts
const scheduledBy = newId(UserId)
const origin = (id: string) => ({ commandId: id, actorId: 'run-workflow', correlationId: id })

beforeAll(async () => {
  const operations = {
    ...noOperations,
    rebuild: async (name: string) => {
      if (name === 'search_gigs') return undefined
      if (name === 'search_users') return 'building' as const
      rebuilt.push(name)
      return 'begun' as const
    },
  }
  world = await httpWorld({ contexts: [], clock: () => now, operations })
  ports = jobPorts(world, {
    paymentProvider: { ...unusedProvider, ledger: async () => ({ entries: [] }) },
    reconciling: {
      reconciliations: memoryReconciliations(),
      onMended: () => undefined,
      onDifference: () => undefined,
      onResolved: () => undefined,
    },
  })
})
afterAll(() => world[Symbol.asyncDispose]())

/**
 * Runs a type once.
 * @param options.isBehind the read models are
 * @returns its output, and the progress that it has reported
 */
const run = async (type: string, payload: object = {}, { isBehind = false } = {}) => {
  if (!isBehind) await world.readModels.fold()
  const found = boundWorkflows(declared, () => ports).find(({ name }) => name === type)
  const reported: number[] = []
  const output = await found?.run({
    payload,
    scheduledBy,
    origin: origin(newId(OrderId)),
    signal: new AbortController().signal,
    progress: (share) => void reported.push(share),
  })
  return { output, reported }
}

const eventsOf = async (type: string) =>
  (await world.log.readAll({ limit: 1_000 })).events.filter((event) => event.type === type)

test('session-cleanup removes sessions that have expired', async () => {
  const id = newId(SessionId)
  const data = { userId: scheduledBy, refreshHash: 'x', expiresAt: '2030-01-01T01:00:00.000Z' }
  await world.deps.executor.execute(session, id, { type: 'OpenSession', data }, origin(id))
  expect((await run('session-cleanup')).output).toEqual({ sessions: 0 })
  now = new Date('2030-01-01T02:00:00.000Z')
  expect((await run('session-cleanup')).output).toEqual({ sessions: 1 })
  expect((await run('session-cleanup')).output).toEqual({ sessions: 0 })
})

test('index-rebuild requests rebuilds; an index that is not there is no reason to retry', async () => {
  const { output } = await run('index-rebuild', { index: 'products' })
  expect([output, rebuilt]).toEqual([{ requested: ['products'] }, ['search_products']])
  expect(await eventsOf('SearchIndexRebuildRequested')).toMatchObject([
    { data: { type: 'products', requestedBy: scheduledBy } },
  ])
  await expect(run('index-rebuild', { index: 'gigs' })).rejects.toThrow(WorkflowFailed)
  await expect(run('index-rebuild', { index: 'users' })).rejects.toThrow(/with a gate already/)
})

test('archive takes categories with a rule, and reports what was archived', async () => {
  const asked: unknown[] = []
  const declaredPorts = ports
  ports = {
    ...declaredPorts,
    closable: ['session'],
    archiveClosed: async (categories) => {
      asked.push(categories)
      return [{ category: 'session', streams: 2, events: 7 }]
    },
  }
  const archived = [{ category: 'session', streams: 2, events: 7 }]
  expect((await run('archive')).output).toEqual({ archived })
  expect((await run('archive', { categories: ['session'] })).output).toEqual({ archived })
  await expect(run('archive', { categories: ['cart'] })).rejects.toThrow('those with a rule')
  expect(asked).toEqual([undefined, ['session']])
  ports = declaredPorts
  await expect(run('archive')).rejects.toThrow(WorkflowFailed)
})

test('order-expiry cancels the orders that are unpaid for so long, and no paid one', async () => {
  const price = { amount: 1, currency: 'EUR' }
  const item = { kind: 'product' as const, refId: newId(ProductId), name: 'Lamp', quantity: 1 }
  const data = { userId: scheduledBy, items: [{ ...item, price }], paymentToken: 'tok_ok' }
  const [late, paid] = [derivedId(OrderId, 'late'), derivedId(OrderId, 'paid')]
  const { execute } = world.deps.executor
  for (const id of [late, paid])
    await execute(order, id, { type: 'PlaceOrder', data }, origin(newId(OrderId)))
  expect((await run('order-expiry', { unpaidForMinutes: 60 })).output).toEqual({
    cancelled: 0,
    refused: 0,
  })
  now = new Date(now.getTime() + 60 * 60_000)
  await world.readModels.fold()
  // The read model does not know yet that it is paid.
  const markPaid = { type: 'MarkPaid' as const, data: { paymentId: newId(PaymentId) } }
  await execute(order, paid, markPaid, origin(newId(OrderId)))
  const { output } = await run('order-expiry', { unpaidForMinutes: 60 }, { isBehind: true })
  expect(output).toEqual({ cancelled: 1, refused: 1 })
  expect(await eventsOf('OrderCancelled')).toMatchObject([
    { stream: `order-${late}`, data: { reason: 'payment_timeout' } },
  ])
})

test('payment-reconciliation compares the ledger with the payments', async () =>
  expect((await run('payment-reconciliation')).output).toEqual({ differences: 0, alerted: 0 }))

test('report requests one of the last whole period', async () => {
  now = new Date('2030-01-02T12:00:00.000Z')
  const asked = { kind: 'sales', format: 'csv', period: 'day', timeZone: 'Europe/Berlin' }
  const { output } = await run('report', asked)
  expect(await eventsOf('ReportRequested')).toMatchObject([
    {
      stream: `report-${String(output?.['reportId'])}`,
      data: {
        requestedBy: scheduledBy,
        from: '2029-12-31T23:00:00.000Z',
        to: '2030-01-01T23:00:00.000Z',
      },
    },
  ])
  const nowhere = run('report', { ...asked, timeZone: 'Europe/Nowhere' })
  await expect(nowhere).rejects.toThrow(WorkflowFailed)
})

test('promotion publishes one to its segment', async () => {
  const promotion = { segment: { role: 'buyer' }, channel: 'in_app', text: 'This week only.' }
  const { output } = await run('promotion', promotion)
  expect(output).toMatchObject({ recipients: 0 })
  expect(await eventsOf('PromotionPublished')).toMatchObject([
    {
      stream: `promotion-${String(output?.['promotionId'])}`,
      data: { ...promotion, publishedBy: scheduledBy },
    },
  ])
})

test('media-cleanup removes bytes that no file has, and reports its progress', async () => {
  const { output, reported } = await run('media-cleanup')
  expect([output, reported]).toEqual([{ files: 0, blobs: 0, bytes: 0 }, [0.25, 0.5, 0.75]])
})
