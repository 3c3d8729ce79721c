import { expect, test } from 'vitest'
import { newId } from '#kernel/testing'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { PromotionId } from '../language.ts'
import { sendPromotions } from './send-promotions.ts'

/** Runs the chore with the promotions that the read model lists as running, whose streams say that they have ended. */
const runWith = (count: number) => {
  const documents = Array.from({ length: count }, () => ({ id: newId(PromotionId) }))
  return sendPromotions.run({
    readModels: { find: async () => ({ documents }) },
    executor: { stateOf: async () => ({ state: { status: 'done' } }) },
  } as unknown as JobPorts)
}

test('the chore waits for the next promotion, and only where none is running', async () => {
  expect(await (await runWith(0))?.dueIn()).toBe(Infinity)
  expect(await runWith(2)).toBe(undefined)
})
