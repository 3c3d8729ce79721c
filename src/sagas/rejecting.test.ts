import { expect, test } from 'vitest'
import { streamOf } from '#kernel'
import { newId, reacting, recorded } from '#kernel/testing'
import { blobIdOf, media } from '../domains/media/language.ts'
import { notification, rejectionNewsIdOf } from '../domains/notifications/language.ts'
import { MediaId, UserId } from '../domains/shared/index.ts'
import { rejecting } from './rejecting.ts'

test('the owner of a rejected picture is told why', () => {
  const [id, userId] = [newId(MediaId), newId(UserId)]
  const data = { userId, blobId: blobIdOf('a'.repeat(64)), reason: 'too_many_pixels' }
  const rejected = recorded(streamOf(media, id), { type: 'MediaRejected', data })
  const { steps, ended } = reacting(rejecting).given().on(rejected)
  expect(ended).toBe(true)
  expect(steps).toMatchObject([
    {
      to: notification.name,
      id: rejectionNewsIdOf(id),
      command: {
        type: 'RequestNotification',
        data: {
          userId,
          channel: 'in_app',
          type: 'media_rejected',
          text: 'A picture that you have uploaded cannot be shown: it has too many pixels. Upload a smaller one.',
        },
      },
    },
  ])
})
