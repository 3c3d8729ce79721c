import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { asId } from '#kernel'
import { httpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { UserId } from '../../shared/index.ts'
import { conversation, ConversationId } from '../language.ts'
import { notifyAbsent } from './notify-absent.ts'

test('an absent participant is notified once a conversation until they read, and nobody else', async () => {
  let now = Date.now()
  await using world = await httpWorld({ clock: () => new Date(now) })
  const { readModels } = world
  const [ann, ben, cid] = [
    await world.someone('ann'),
    await world.someone('ben'),
    await world.someone('cid'),
  ]
  const start = async (participantId: string): Promise<string> =>
    (await ann.call('POST', '/chat/conversations', { participantId })).body.data.id
  const [toBen, toCid] = [await start(ben.id), await start(cid.id)]
  const say = async (id: string): Promise<string> =>
    (await ann.call('POST', `/chat/conversations/${id}/messages`, { text: 'Hello' })).body.data
      .sentAt
  /** Runs the chore after a time, twice at once. @param seconds since the last step */
  const later = async (seconds: number) => {
    now += seconds * 1_000
    await readModels.fold()
    const ports = jobPorts(world)
    const [idle] = await Promise.all([notifyAbsent.run(ports), notifyAbsent.run(ports)])
    const dueIn = await idle?.dueIn()
    await readModels.fold()
    return dueIn
  }
  const noticesOf = async ({ id, call }: typeof ann): Promise<number> => {
    const list = await call('GET', `/notifications/user/${id}?limit=100`)
    return list.body.data.notifications.filter(
      ({ type }: { type: string }) => type === 'unread_messages',
    ).length
  }

  await say(toBen)
  // Cid is there: the message reaches them.
  const upTo = await say(toCid)
  const commandId = randomUUID()
  const data = { userId: asId(UserId, cid.id), upTo }
  await world.deps.executor.execute(
    conversation,
    asId(ConversationId, toCid),
    { type: 'MarkDelivered', data },
    { commandId, actorId: cid.id, correlationId: commandId },
  )
  // Nobody counts as absent before 10 s.
  expect(await later(4)).toBe(6_000)
  expect(await noticesOf(ben)).toBe(0)
  expect(await later(7)).toBe(undefined)
  expect(await noticesOf(ben)).toBe(1)
  expect(await later(0)).toBe(Infinity)
  await say(toBen)
  await later(60)
  expect([await noticesOf(ann), await noticesOf(ben), await noticesOf(cid)]).toEqual([0, 1, 0])

  await ben.call('POST', `/chat/conversations/${toBen}/read`)
  await later(60)
  expect(await noticesOf(ben)).toBe(1)
  await say(toBen)
  await later(60)
  expect(await noticesOf(ben)).toBe(2)
})
