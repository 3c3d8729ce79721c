import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { reacting, recorded } from '#kernel/testing'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { review, ReviewId, SubjectId } from '../domains/reviews/language.ts'
import { OrderId, UserId } from '../domains/shared/index.ts'
import { reviewed } from './reviewed.ts'

const id = derivedId(ReviewId, 'one')
const [authorId, reviewedId] = [derivedId(UserId, 'ada'), derivedId(UserId, 'bob')]
const orderId = derivedId(OrderId, 'order')
const happened = (type: string, data: object) =>
  recorded(streamOf(review, id), {
    type,
    data: { subjectId: derivedId(SubjectId, 'it'), rating: 4, orderId, reviewedId, ...data },
  })
const created = (data: object) =>
  happened('ReviewCreated', {
    subjectType: 'gig',
    authorId,
    verified: true,
    writtenAt: '2030-01-01T00:00:00.000Z',
    ...data,
  })
const notified = (['in_app', 'email'] as const).map((channel) => ({
  to: notification.name,
  id: notificationIdOf(orderId, 'review_received', channel, id),
  command: {
    type: 'RequestNotification',
    data: {
      userId: reviewedId,
      channel,
      orderId,
      type: 'review_received',
      text: expect.stringContaining('4 of 5'),
    },
  },
}))

test('the seller of a reviewed gig is notified at once, in the app and by mail', () => {
  const event = created({})
  expect(reviewed.keyOf(event)).toBe(id)
  const { steps, ended } = reacting(reviewed).given().on(event)
  expect(steps).toMatchObject(notified)
  expect(ended).toBe(true)
})

test('a reviewed person is notified when the review is revealed', () => {
  expect(reviewed.keyOf(created({ subjectType: 'user', sealed: true }))).toBeUndefined()
  const event = happened('ReviewRevealed', { subjectType: 'user' })
  expect(reviewed.keyOf(event)).toBe(id)
  expect(reacting(reviewed).given().on(event).steps).toMatchObject(notified)
})

test('nobody is notified of the review of a product', () => {
  const { reviewedId: _, ...data } = created({ subjectType: 'product' }).data as {
    reviewedId?: string
  }
  expect(reviewed.keyOf({ ...created({}), data })).toBeUndefined()
})
