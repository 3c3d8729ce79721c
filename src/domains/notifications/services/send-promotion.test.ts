import { expect, test } from 'vitest'
import { asId, catalogue, derivedId } from '#kernel'
import { memoryEventLog } from '../../../platform/storage/event-log/memory.ts'
import { memorySnapshots } from '../../../platform/storage/snapshots/memory.ts'
import { executor as executorOf } from '../../../runtime/execute.ts'
import { initially } from '../../profiles/language.ts'
import { UserId } from '../../shared/index.ts'
import { promotion, PromotionId } from '../language.ts'
import { audienceSize } from './audience.ts'
import { sendBatch } from './send-promotion.ts'

const number = 100_000
const idAt = (n: number) => asId(UserId, `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`)

/** The read model of profiles, with a hundred thousand users who agreed to advertisements. Fakes what a query of them answers. */
const manyProfiles = () => {
  let largest = 0
  const find = async (
    _: unknown,
    { where = {}, limit = 20 }: { where?: object; limit?: number },
  ) => {
    const { id } = where as { id?: { gt?: string } }
    const first = id?.gt ? Number(id.gt.slice(-12)) + 1 : 0
    const length = Math.max(0, Math.min(limit, number - first))
    largest = Math.max(largest, length)
    return {
      documents: Array.from({ length }, (_one, n) => ({ id: idAt(first + n) })),
      total: length,
      position: 0n,
    }
  }
  return { find: find as never, largestPage: () => largest }
}

test('a promotion to a hundred thousand users is read in pages, and reaches each of them once', async () => {
  const { find, largestPage } = manyProfiles()
  expect(await audienceSize({ find }, {})).toBe(number)

  const real = executorOf({
    log: memoryEventLog(),
    snapshots: memorySnapshots(),
    catalogue: catalogue([promotion]),
    clock: () => new Date('2030-01-07T08:00:00.000Z'),
  })
  const id = derivedId(PromotionId, 'lamps')
  const content = { segment: {}, channel: 'email' as const, subject: 'Lamps', text: 'Cheap.' }
  const data = { ...content, recipients: number, publishedBy: idAt(0) }
  const origin = { commandId: 'publish', actorId: 'test', correlationId: 'test' }
  await real.execute(promotion, id, { type: 'PublishPromotion', data }, origin)

  const asked = new Set<string>()
  let requests = 0
  const wishes = { ...initially, preferences: { ...initially.preferences, marketing: true } }
  const executor = {
    ...real,
    stateOf: async (decider: { name: string }, key: string) =>
      decider.name === 'promotion'
        ? real.stateOf(promotion, key as never)
        : { state: { status: 'active', ...wishes } },
    execute: async (decider: { name: string }, key: string, command: never, from: never) => {
      if (decider.name === 'promotion') return real.execute(promotion, key as never, command, from)
      asked.add(key)
      requests += 1
      return { position: 0n }
    },
  }
  const ports = { executor: executor as never, readModels: { find } as never }
  let batches = 0
  while (await sendBatch(id, ports)) batches += 1
  expect([requests, asked.size]).toEqual([number, number])
  expect(batches).toBe(number / 200)
  expect(largestPage()).toBeLessThanOrEqual(500)
  const { state } = await real.stateOf(promotion, id)
  expect(state).toMatchObject({ status: 'finished', requested: number })
})
