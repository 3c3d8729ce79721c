import { describe, expect, test } from 'vitest'
import { after, derivedId, send, streamOf } from '#kernel'
import { reacting, recorded } from '#kernel/testing'
import { review, ReviewId, SubjectId } from '../domains/reviews/language.ts'
import { OrderId, UserId } from '../domains/shared/index.ts'
import { unsealing } from './unsealing.ts'

const orderId = derivedId(OrderId, 'order')
const [one, other] = [derivedId(ReviewId, 'one'), derivedId(ReviewId, 'other')]
const subject = { subjectType: 'user', subjectId: derivedId(SubjectId, 'bob'), orderId }
const happened = (id: ReviewId, type: string, data: object) =>
  recorded(streamOf(review, id), { type, data: { ...subject, ...data } })
const created = (id: ReviewId, data: object = { sealed: true }) =>
  happened(id, 'ReviewCreated', {
    authorId: derivedId(UserId, id),
    verified: true,
    rating: 4,
    writtenAt: '2030-01-01T00:00:00.000Z',
    ...data,
  })
const revealed = (id: ReviewId) => happened(id, 'ReviewRevealed', { rating: 4 })
const deleted = (id: ReviewId, data: object = { sealed: true }) =>
  happened(id, 'ReviewDeleted', { previousRating: 4, final: true, ...data })
const reveal = (id: ReviewId) => send(review, id, 'RevealReview')
const fourteenDays = 14 * 24 * 60 * 60_000

test('runs are those of orders with sealed reviews', () => {
  expect([created(one), revealed(one), deleted(one)].map(unsealing.keyOf)).toEqual([
    orderId,
    orderId,
    orderId,
  ])
  expect([created(one, {}), deleted(one, {})].map(unsealing.keyOf)).toEqual([undefined, undefined])
})

describe('a sealed review', () => {
  test('is revealed after 14 days, unless the other side writes before', () => {
    const { steps, ended, resting } = reacting(unsealing).given().on(created(one))
    expect(steps).toEqual([after(fourteenDays, reveal(one))])
    expect([ended, resting]).toEqual([false, undefined])
    expect(reacting(unsealing).given(created(one)).on(revealed(one))).toMatchObject({
      steps: [],
      resting: true,
    })
  })

  test('is revealed with the one of the other side', () => {
    const { steps, ended } = reacting(unsealing).given(created(one)).on(created(other))
    expect(steps).toEqual([reveal(one), reveal(other)])
    expect(ended).toBe(true)
  })

  test('is revealed at once, if the one of the other side was', () => {
    const past = [created(one), revealed(one)]
    const { steps, ended } = reacting(unsealing)
      .given(...past)
      .on(created(other))
    expect(steps).toContainEqual(reveal(other))
    expect(ended).toBe(true)
  })

  test('does not count for the other side once it is deleted', () => {
    const past = [created(one), deleted(one)]
    const { steps } = reacting(unsealing)
      .given(...past)
      .on(created(other))
    expect(steps).toEqual([after(fourteenDays, reveal(other))])
  })
})
