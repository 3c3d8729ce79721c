import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asId } from '#kernel'
import { newId } from '#kernel/testing'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { notification, rejectionNewsIdOf } from '../../notifications/language.ts'
import { profile } from '../../profiles/language.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import { notifyOfRejections } from './notify-of-rejections.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld({ contexts: ['profiles', 'notifications'] })
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

test('the owner of a rejected picture is notified of the reason; nothing is recorded of one who has left', async () => {
  const { executor } = world.deps
  const userId = asId(UserId, (await world.someone('ann')).id)
  const rejected = async () => {
    const mediaId = newId(MediaId)
    const data = { mediaId, userId, reason: 'too_many_pixels' as const }
    await notifyOfRejections.run(data, origin(), jobPorts(world))
    return (await executor.stateOf(notification, rejectionNewsIdOf(mediaId))).state.status
  }
  const data = { userId, username: 'ann-of-the-pictures' }
  await executor.execute(profile, userId, { type: 'CreateProfile', data }, origin())
  expect(await rejected()).toBe('sent')
  const { events } = await world.log.readAll({ limit: 10_000 })
  expect(events.findLast(({ type }) => type === 'NotificationRequested')?.data).toMatchObject({
    userId,
    type: 'media_rejected',
    text: 'A picture that you have uploaded cannot be shown: it has too many pixels. Upload a smaller one.',
  })
  await executor.execute(profile, userId, { type: 'DeleteProfile', data: {} }, origin())
  expect(await rejected()).toBe('none')
})
