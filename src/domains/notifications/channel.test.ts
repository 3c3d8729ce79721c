import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { CommandOf } from '#kernel'
import { newId } from '#kernel/testing'
import { messagesOf, letIn, someUser, socketWorld } from '../../../test/support/sockets.ts'
import { profile } from '../profiles/language.ts'
import { NotificationId } from '../shared/index.ts'
import { notifications } from '../../projections/index.ts'

type Told = {
  id: string
  channel: string
  userId: string
  orderId: string
  type: string
  position: string
}
const patient = { timeout: 120_000 }

/** A connected user with the received messages. */
const listener = async (world: Awaited<ReturnType<typeof socketWorld>>, user = someUser()) => {
  const socket = world.connect('/notifications', world.tokenOf(user))
  const told = messagesOf<Told>(socket, 'notification:new')
  const counts = messagesOf<{ count: number; position: string }>(
    socket,
    'notification:unread-count',
  )
  await letIn(socket)
  return { user, socket, told, counts }
}

describe('notifications', () => {
  test('are pushed to their recipient only, with the number of unread ones', async () => {
    await using world = await socketWorld()
    const lamp = await world.sell(1)
    const [ann, eve] = [await listener(world), await listener(world)]
    await expect.poll(() => ann.counts.at(-1)?.count, patient).toBe(0)
    const orderId = await world.buy(ann.user, lamp)
    await world.pay(orderId)
    // Two are told of, by their channels; the one in the app counts.
    await expect.poll(() => ann.told, patient).toHaveLength(2)
    await expect.poll(() => ann.counts.at(-1)?.count, patient).toBe(1)
    for (const one of ann.told)
      expect(one).toMatchObject({ userId: ann.user, orderId, type: 'order_confirmed' })
    await expect.poll(() => eve.counts, patient).toMatchObject([{ count: 0 }])
    expect(eve.told).toEqual([])
  })

  test('are readable once they are pushed', async () => {
    await using world = await socketWorld()
    const lamp = await world.sell(10)
    const ann = await listener(world)
    const checks: Promise<void>[] = []
    ann.socket.on('notification:new', ({ id }: Told) => {
      const check = async () => {
        const { document } = await world.readModels.get(notifications, id)
        expect(document).toMatchObject({ id, userId: ann.user })
      }
      checks.push(check())
    })
    for (let n = 0; n < 10; n += 1) await world.pay(await world.buy(ann.user, lamp))
    await expect.poll(() => checks.length, patient).toBe(20)
    await Promise.all(checks)
  })

  test('are stored and counted, but not pushed to users whose preferences exclude the app', async () => {
    await using world = await socketWorld()
    const lamp = await world.sell(1)
    const ann = await listener(world)
    const act = (command: CommandOf<typeof profile>) => {
      const commandId = randomUUID()
      const origin = { commandId, actorId: ann.user, correlationId: commandId }
      return world.execute(profile, ann.user, command, origin)
    }
    await act({ type: 'CreateProfile', data: { userId: ann.user, username: 'ann' } })
    const channels = { inApp: false, email: true, push: true, sms: true }
    await act({ type: 'ChangePreferences', data: { locale: 'en', channels, marketing: false } })
    await world.pay(await world.buy(ann.user, lamp))
    await expect.poll(() => ann.counts.at(-1)?.count, patient).toBe(1)
    expect(ann.told).toEqual([])
  })

  test('that are marked as read change the count on every device', async () => {
    await using world = await socketWorld()
    const lamp = await world.sell(1)
    const phone = await listener(world)
    const laptop = await listener(world, phone.user)
    await world.pay(await world.buy(phone.user, lamp))
    await expect.poll(() => laptop.counts.at(-1)?.count, patient).toBe(1)
    await expect.poll(() => phone.told, patient).toHaveLength(2)
    const id = phone.told.find(({ channel }) => channel === 'in_app')?.id
    expect(await phone.socket.emitWithAck('notification:read', { id })).toEqual({
      ok: true,
      position: expect.stringMatching(/^\d+$/),
    })
    for (const { counts } of [phone, laptop])
      await expect.poll(() => counts.at(-1)?.count, patient).toBe(0)
    expect(phone.told).toHaveLength(2)
    expect(await phone.socket.emitWithAck('notification:read', { id })).toMatchObject({ ok: true })
  })

  test('cannot be marked by other users, admins included, nor when unknown', async () => {
    await using world = await socketWorld()
    const lamp = await world.sell(1)
    const ann = await listener(world)
    await world.pay(await world.buy(ann.user, lamp))
    await expect.poll(() => ann.told.length, patient).toBeGreaterThan(0)
    const admin = world.connect('/notifications', world.tokenOf(someUser(), 'admin'))
    const read = (id: string) => admin.emitWithAck('notification:read', { id })
    expect(await read(ann.told[0]!.id)).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await read(newId(NotificationId))).toMatchObject({
      ok: false,
      code: 'no_such_notification',
    })
  })

  test('that are unread are counted for a later connection', async () => {
    await using world = await socketWorld()
    const lamp = await world.sell(1)
    const ann = await listener(world)
    await world.pay(await world.buy(ann.user, lamp))
    await expect.poll(() => ann.counts.at(-1)?.count, patient).toBe(1)
    const later = await listener(world, ann.user)
    await expect.poll(() => later.counts.at(-1)?.count, patient).toBe(1)
    expect(later.told).toEqual([])
  })

  test('that were missed are sent once and in order after a position, before those that follow', async () => {
    await using world = await socketWorld()
    const lamp = await world.sell(3)
    const ann = await listener(world)
    await world.pay(await world.buy(ann.user, lamp))
    await expect.poll(() => ann.told, patient).toHaveLength(2)
    ann.socket.disconnect()
    await world.pay(await world.buy(ann.user, lamp))
    const auth = { token: world.tokenOf(ann.user), afterPosition: ann.told[0]!.position }
    const again = world.connect('/notifications', undefined, { auth })
    const [told, resumed] = [
      messagesOf<Told>(again, 'notification:new'),
      messagesOf(again, 'notification:resumed'),
    ]
    await letIn(again)
    await world.pay(await world.buy(ann.user, lamp))
    await expect.poll(() => told.length, patient).toBeGreaterThanOrEqual(5)
    expect(resumed).toEqual([{ position: ann.told[0]!.position }])
    const { documents } = await world.readModels.find(notifications, {
      where: { userId: ann.user },
      sort: ['place'],
    })
    expect(told.map(({ id }) => id)).toEqual(documents.slice(1).map(({ id }) => id))
  })
})
