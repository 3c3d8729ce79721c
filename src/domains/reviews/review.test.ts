import { describe, expect, test } from 'vitest'
import { derivedId, type MessageOf } from '#kernel'
import { given } from '#kernel/testing'
import { OrderId, UserId } from '../shared/index.ts'
import { couldBeRead, review, reviewIdOf, SubjectId } from './language.ts'

const [ada, bob, eve] = ['ada', 'bob', 'eve'].map((name) => derivedId(UserId, name)) as [
  UserId,
  UserId,
  UserId,
]
const subjectId = derivedId(SubjectId, 'lamp')
const orderId = derivedId(OrderId, 'order')
const writtenAt = '2030-01-01T00:00:00.000Z'
const lamp = { subjectType: 'product' as const, subjectId, authorId: ada, verified: true }
const person = {
  subjectType: 'user' as const,
  subjectId,
  authorId: ada,
  reviewedId: bob,
  orderId,
  role: 'buyer' as const,
  verified: true,
}
const rated = { rating: 4, comment: 'Warm light' }
const created = {
  type: 'ReviewCreated' as const,
  data: { ...lamp, ...rated, writtenAt },
}
const sealed = {
  type: 'ReviewCreated' as const,
  data: { ...person, ...rated, writtenAt, sealed: true as const },
}
const of = { subjectType: lamp.subjectType, subjectId }
const ofPerson = { subjectType: person.subjectType, subjectId }
const revealed = {
  type: 'ReviewRevealed' as const,
  data: { ...ofPerson, rating: 4, orderId, reviewedId: bob },
}
const by = (actor: string, now = '2030-01-02T00:00:00.000Z') => ({ by: actor, now })
const create = { type: 'CreateReview' as const, data: { ...lamp, ...rated } }
const update = { type: 'UpdateReview' as const, data: { rating: 2 } }
const remove = { type: 'DeleteReview' as const, data: {} }
const reveal = { type: 'RevealReview' as const, data: {} }
const answer = { type: 'AnswerReview' as const, data: { text: 'Thank you' } }
const answered = {
  type: 'ReviewAnswered' as const,
  data: { reviewedId: bob, text: 'Thank you', answeredAt: '2030-01-02T00:00:00.000Z' },
}

test('its id depends on subject, order and author', () => {
  const ids = [
    reviewIdOf('product', subjectId, undefined, ada),
    reviewIdOf('gig', subjectId, undefined, ada),
    reviewIdOf('product', derivedId(SubjectId, 'chair'), undefined, ada),
    reviewIdOf('product', subjectId, orderId, ada),
    reviewIdOf('product', subjectId, undefined, bob),
  ]
  expect(new Set(ids).size).toBe(ids.length)
  expect(reviewIdOf('product', subjectId, undefined, ada)).toBe(ids[0])
})

describe('creating', () => {
  test('records the time, from which changes are counted', () =>
    given(review).when(create).yields(created))
  test('seals a review of a person', () =>
    given(review)
      .when({ type: 'CreateReview', data: { ...person, ...rated } })
      .yields(sealed))
  test('twice is refused', () => given(review, created).when(create).refuses('AlreadyReviewed'))
  test('a review of oneself is refused', () =>
    given(review)
      .when({ type: 'CreateReview', data: { ...person, ...rated, reviewedId: ada } })
      .refuses('OwnReview'))
})

describe('a change', () => {
  const changed = {
    type: 'ReviewUpdated' as const,
    data: { ...of, authorId: ada, previousRating: 4, rating: 2 },
  }
  test('holds the rating before', () => given(review, created).when(update).yields(changed))
  test('of the comment holds both ratings', () =>
    given(review, created)
      .when({ type: 'UpdateReview', data: { comment: 'Cold' } })
      .yields({ type: 'ReviewUpdated', data: { ...changed.data, rating: 4, comment: 'Cold' } }))
  test('to what it is already yields nothing', () =>
    given(review, created).when({ type: 'UpdateReview', data: rated }).yields())
  test('is possible at the end of the 30 days', () =>
    given(review, created).when(update, by(ada, '2030-01-31T00:00:00.000Z')).yields(changed))
  test('is refused after 30 days', () =>
    given(review, created)
      .when(update, by(ada, '2030-01-31T00:00:00.001Z'))
      .refuses('NoLongerEditable'))
  test('of a sealed review stays sealed', () =>
    given(review, sealed)
      .when(update)
      .yields({ type: 'ReviewUpdated', data: { ...changed.data, ...ofPerson, sealed: true } }))
  test('of a revealed review of a person is refused', () =>
    given(review, sealed, revealed).when(update).refuses('AlreadyRevealed'))
  test('of no review is refused', () => given(review).when(update).refuses('NoSuchReview'))
})

describe('a deletion', () => {
  const deleted = { type: 'ReviewDeleted' as const, data: { ...of, previousRating: 4 } }
  const final = { type: 'ReviewDeleted' as const, data: { ...deleted.data, final: true as const } }
  test('holds the rating', () => given(review, created).when(remove, by(ada)).yields(deleted))
  test('by an admin is final', () => given(review, created).when(remove, by(eve)).yields(final))
  test('of a review of a person is final, and holds whether it is sealed', () =>
    given(review, sealed)
      .when(remove, by(ada))
      .yields({
        type: 'ReviewDeleted',
        data: { ...ofPerson, previousRating: 4, orderId, sealed: true, final: true },
      }))
  test('twice yields nothing', () => given(review, created, deleted).when(remove, by(ada)).yields())
  test('lets the author write another one', () =>
    given(review, created, deleted).when(create).yields(created))
  test('lets nobody write another one when it is final', () =>
    given(review, created, final).when(create).refuses('ReviewDeletedBefore'))
  test('of no review is refused', () => given(review).when(remove).refuses('NoSuchReview'))
})

describe('revealing', () => {
  test('holds the rating, to be counted from then on', () =>
    given(review, sealed).when(reveal).yields(revealed))
  test('yields nothing for a revealed or deleted review', () => {
    given(review, sealed, revealed).when(reveal).yields()
    given(review, created).when(reveal).yields()
  })
  test('of no review is refused', () => given(review).when(reveal).refuses('NoSuchReview'))
})

describe('an answer', () => {
  test('is given by the reviewed', () =>
    given(review, sealed, revealed).when(answer, by(bob)).yields(answered))
  test('by others is refused', () => {
    given(review, sealed, revealed).when(answer, by(eve)).refuses('NotReviewed')
    given(review, created).when(answer, by(ada)).refuses('NotReviewed')
  })
  test('to a sealed review is refused as to none, by whomever', () => {
    for (const one of [ada, bob, eve])
      given(review, sealed).when(answer, by(one)).refuses('NoSuchReview')
  })
  test('of the same words again yields nothing', () =>
    given(review, sealed, revealed, answered).when(answer, by(bob)).yields())
  test('of other words is refused', () =>
    given(review, sealed, revealed, answered)
      .when({ type: 'AnswerReview', data: { text: 'No!' } }, by(bob))
      .refuses('AlreadyAnswered'))
})

describe('a review of a person', () => {
  const deleted = { type: 'ReviewDeleted' as const, data: { ...ofPerson, previousRating: 4 } }
  const unread = { ...deleted, data: { ...deleted.data, sealed: true as const } }
  const isRead = (...events: readonly MessageOf<typeof review.events>[]) =>
    couldBeRead(events.reduce(review.evolve, review.initialState))
  test('could be read once it was revealed, also if it was deleted since', () => {
    expect([isRead(), isRead(sealed), isRead(sealed, unread)]).toEqual([false, false, false])
    expect([isRead(sealed, revealed), isRead(sealed, revealed, deleted)]).toEqual([true, true])
  })
})

describe('leaving', () => {
  const forgetAuthor = { type: 'ForgetAuthor' as const, data: {} }
  const forgetAnswer = { type: 'ForgetAnswer' as const, data: {} }
  const noAuthor = { type: 'ReviewAuthorForgotten' as const, data: {} }
  const noAnswer = { type: 'ReviewAnswerForgotten' as const, data: {} }
  test('erases the author once', () => {
    given(review, created).when(forgetAuthor).yields(noAuthor)
    given(review, created, noAuthor).when(forgetAuthor).yields()
    given(review).when(forgetAuthor).yields()
  })
  test('erases the answer once, and leaves no place for another one', () => {
    given(review, sealed, revealed, answered).when(forgetAnswer).yields(noAnswer)
    given(review, sealed, revealed, answered, noAnswer).when(forgetAnswer).yields()
    given(review, sealed, revealed, answered, noAnswer)
      .when(answer, by(bob))
      .refuses('AlreadyAnswered')
  })
})
