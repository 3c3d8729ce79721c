import { describe, expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { gig } from '../domains/gigs/language.ts'
import { product } from '../domains/catalog/language.ts'
import { review, ReviewId, SubjectId, type SubjectType } from '../domains/reviews/language.ts'
import { GigId, ProductId, UserId } from '../domains/shared/index.ts'
import { gigs } from './gigs.ts'
import { products } from './products.ts'
import { noRatings, ratings, ratingsKeyOf } from './ratings.ts'
import { reviews } from './reviews.ts'

const userId = derivedId(UserId, 'ada')
const writtenAt = '2030-01-01T00:00:00.000Z'

/** Events of reviews of one subject. */
const reviewsOf = (subjectType: SubjectType, subjectId: string) => {
  const subject = { subjectType, subjectId: derivedId(SubjectId, subjectId) }
  const happened = (by: string, type: string, data: object, revision = 1) =>
    recorded(
      streamOf(review, derivedId(ReviewId, by)),
      { type, data: { ...subject, ...data } },
      { revision },
    )
  const authorId = derivedId(UserId, 'bob')
  return {
    id: subject.subjectId,
    created: (by: string, rating: number, more: object = {}) =>
      happened(by, 'ReviewCreated', { authorId, verified: true, rating, writtenAt, ...more }, 0),
    updated: (by: string, previousRating: number, rating: number, more: object = {}) =>
      happened(by, 'ReviewUpdated', { authorId, previousRating, rating, ...more }),
    revealed: (by: string, rating: number) => happened(by, 'ReviewRevealed', { rating }),
    deleted: (by: string, previousRating: number, more: object = {}) =>
      happened(by, 'ReviewDeleted', { previousRating, ...more }),
  }
}

describe('the ratings of a subject', () => {
  const lamp = reviewsOf('product', 'lamp')
  const key = ratingsKeyOf('product', lamp.id)
  const of = { id: key, subjectType: 'product', subjectId: lamp.id }

  test('sum the reviews, with changes and without deleted ones', () => {
    const events = [
      lamp.created('a', 5),
      lamp.created('b', 4),
      lamp.created('c', 4),
      lamp.updated('a', 5, 1),
      lamp.deleted('b', 4),
    ]
    expect(folding(ratings, ...events).into(key)).toEqual({
      ...of,
      count: 2,
      sum: 5,
      average: 2.5,
      histogram: { ...noRatings, '1': 1, '4': 1 },
    })
  })

  test('are 0 when all reviews are deleted', () =>
    expect(folding(ratings, lamp.created('a', 3), lamp.deleted('a', 3)).into(key)).toEqual({
      ...of,
      count: 0,
      sum: 0,
      average: 0,
      histogram: noRatings,
    }))

  test('leave sealed reviews out until they are revealed, with their last rating', () => {
    const bob = reviewsOf('user', 'bob')
    const keyOfBob = ratingsKeyOf('user', bob.id)
    const sealed = { sealed: true }
    const before = [bob.created('a', 5, sealed), bob.updated('a', 5, 2, sealed)]
    expect(folding(ratings, ...before).into(keyOfBob)).toBeUndefined()
    expect(folding(ratings, ...before, bob.deleted('a', 2, sealed)).into(keyOfBob)).toBeUndefined()
    const revealed = [...before, bob.revealed('a', 2)]
    expect(folding(ratings, ...revealed).into(keyOfBob)).toMatchObject({ count: 1, sum: 2 })
    expect(folding(ratings, ...revealed, bob.deleted('a', 2)).into(keyOfBob)).toMatchObject({
      count: 0,
      sum: 0,
    })
  })
})

describe('a rated document', () => {
  const rating = { average: 4.5, count: 2, sum: 9 }

  test('of a product has the rating of its reviews, also after an update', () => {
    const lamp = reviewsOf('product', 'lamp')
    const id = derivedId(ProductId, 'lamp')
    const details = { name: 'Lamp', category: 'light' }
    const events = [
      recorded(streamOf(product, id), {
        type: 'ProductCreated',
        data: { ...details, price: { amount: 1, currency: 'EUR' } },
      }),
      lamp.created('a', 5),
      lamp.created('b', 4),
      recorded(streamOf(product, id), { type: 'ProductUpdated', data: details }, { revision: 1 }),
    ]
    expect(folding(products, ...events).into(id)).toMatchObject({ rating, revision: 1 })
    expect(folding(products, ...events, lamp.deleted('b', 4)).into(id)?.rating.count).toBe(1)
  })

  test('of a gig has the rating of its reviews, and not of a product with the same id', () => {
    const id = derivedId(GigId, 'logo')
    const logo = reviewsOf('gig', 'logo')
    const packages = [
      {
        name: 'basic',
        description: 'One',
        price: { amount: 1, currency: 'EUR' },
        deliveryDays: 1,
        revisions: 0,
      },
    ]
    const created = recorded(streamOf(gig, id), {
      type: 'GigCreated',
      data: {
        sellerId: userId,
        title: 'Logo',
        description: 'Drawn',
        category: 'design',
        tags: [],
        packages,
        mediaIds: [],
      },
    })
    const more = [logo.created('a', 1), logo.created('b', 4), logo.updated('a', 1, 5)]
    expect(folding(gigs, created, ...more).into(id)).toMatchObject({ rating, revision: 0 })
    expect(gigs.keysOf(reviewsOf('product', 'logo').created('a', 1))).toEqual([])
  })
})

test('a review is shown with its answer, and loses what those who leave have written', () => {
  const bob = reviewsOf('user', 'bob')
  const id = derivedId(ReviewId, 'a')
  const later = (type: string, data: object, revision: number) =>
    recorded(streamOf(review, id), { type, data }, { revision })
  const reviewedId = derivedId(UserId, 'bob')
  const answeredAt = '2030-01-03T00:00:00.000Z'
  const past = [
    bob.created('a', 5, { sealed: true, comment: 'Kind', reviewedId }),
    bob.updated('a', 5, 4, { sealed: true, comment: 'Very kind' }),
    bob.revealed('a', 4),
    later('ReviewAnswered', { reviewedId, text: 'Thanks', answeredAt }, 3),
  ]
  const whole = folding(reviews, ...past).into(id)
  expect(folding(reviews, ...past.slice(0, 2)).into(id)?.sealed).toBe(true)
  expect(whole).toMatchObject({
    id,
    rating: 4,
    comment: 'Very kind',
    sealed: false,
    answer: { text: 'Thanks', at: answeredAt },
    revision: 3,
  })
  const left = later('ReviewAuthorForgotten', {}, 4)
  const { authorId: _, comment: __, ...anonymous } = whole!
  expect(folding(reviews, ...past, left).into(id)).toEqual({ ...anonymous, revision: 4 })
  const { answer: ___, ...unanswered } = whole!
  const silent = later('ReviewAnswerForgotten', {}, 4)
  expect(folding(reviews, ...past, silent).into(id)).toEqual({ ...unanswered, revision: 4 })
  expect(folding(reviews, ...past, bob.deleted('a', 4)).into(id)).toBeUndefined()
})
