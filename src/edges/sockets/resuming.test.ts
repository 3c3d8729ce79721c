import { expect, test } from 'vitest'
import { letIn, messagesOf, someUser, socketWorld } from '../../../test/support/sockets.ts'

const patient = { timeout: 120_000 }

test('a subscription after a position of another log is referred to the present, and sent what follows', async () => {
  await using world = await socketWorld()
  const ada = someUser()
  const orderId = await world.buy(ada, await world.sell(1))
  const socket = world.connect('/orders', world.tokenOf(ada))
  await letIn(socket)
  const asked = { orderId, afterPosition: '999999999' }
  const answer = await socket.emitWithAck('order:subscribe', asked)
  expect(answer).toMatchObject({ ok: true, skipped: true })
  expect(Number(answer.position)).toBeLessThan(999_999_999)
  const heard = messagesOf<{ status: string }>(socket, 'order:status')
  await world.pay(orderId)
  await expect.poll(() => heard.at(-1)?.status, patient).toBe('CONFIRMED')
})
