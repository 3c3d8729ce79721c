import { expect, test } from 'vitest'
import { letIn, someUser, socketWorld } from '../../../test/support/sockets.ts'

const patient = { timeout: 120_000 }

test('sockets that miss messages by a flaw connect again, and are sent them; others stay connected', async () => {
  let flaws = 0
  await using world = await socketWorld({
    changes: ({ progress }) => ({
      progress: {
        ...progress,
        cached: (projection, keys) => {
          if (projection.name === 'orders' && flaws > 0) {
            flaws -= 1
            throw new Error('a flaw')
          }
          return progress.cached(projection, keys)
        },
      },
    }),
  })
  const [ada, bob] = [someUser(), someUser()]
  const orderId = await world.buy(ada, await world.sell(1))
  const adas = world.connect('/orders', world.tokenOf(ada))
  const bobs = world.connect('/orders', world.tokenOf(bob))
  const heard: string[] = []
  let afterPosition = '0'
  adas.on('order:status', ({ status, position }: { status: string; position: string }) => {
    heard.push(status)
    afterPosition = position
  })
  adas.on('connect', () => void adas.emit('order:subscribe', { orderId, afterPosition }))
  const ended: string[] = []
  adas.on('disconnect', () => void ended.push('of Ada'))
  bobs.on('disconnect', () => void ended.push('of Bob'))
  await Promise.all([letIn(adas), letIn(bobs)])

  await expect.poll(() => heard, patient).toEqual(['PENDING', 'STOCK_RESERVED'])
  flaws = 1
  await world.pay(orderId)
  const all = ['PENDING', 'STOCK_RESERVED', 'PAID', 'CONFIRMED']
  await expect.poll(() => heard, patient).toEqual(all)
  expect(ended).toEqual(['of Ada'])
  expect(world.written.join()).toContain('a flaw')
})
