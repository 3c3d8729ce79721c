import { Type, type Static } from 'typebox'
import { Fields, projection } from '#kernel'
import { review, SubjectId, SubjectType } from '../domains/reviews/language.ts'
import { rated, Rating, ratingChangesOf, unrated } from './rating.ts'

const Count = Type.Integer({ minimum: 0 })

/** Numbers of reviews by rating. */
export const Histogram = Fields({ '1': Count, '2': Count, '3': Count, '4': Count, '5': Count })
export type Histogram = Static<typeof Histogram>

/** Histogram of a subject without reviews. */
export const noRatings: Histogram = { '1': 0, '2': 0, '3': 0, '4': 0, '5': 0 }

/** Returns the key of the ratings of a subject. */
export const ratingsKeyOf = (subjectType: SubjectType, subjectId: string): string =>
  `${subjectType}-${subjectId}`

const Ratings = Fields({
  /** `<subject type>-<subject>` */
  id: Type.String(),
  subjectType: SubjectType,
  subjectId: SubjectId,
  ...Rating.properties,
  histogram: Histogram,
})
type Ratings = Static<typeof Ratings>

/** Exact sums of the ratings of each subject: number, sum and histogram. */
export const ratings = projection({
  name: 'ratings',
  store: 'postgres',
  within: 2_000,
  document: Ratings,
  from: [review],
  key: ({ data }) =>
    'subjectType' in data ? ratingsKeyOf(data.subjectType, data.subjectId) : undefined,
}).rules({
  ReviewCreated: (document, event, key) => changed(document, event, key),
  ReviewUpdated: (document, event, key) => changed(document, event, key),
  ReviewRevealed: (document, event, key) => changed(document, event, key),
  ReviewDeleted: (document, event, key) => changed(document, event, key),
})

const changed = (
  document: Ratings | undefined,
  event: Parameters<typeof rated>[1],
  id: string,
): Ratings | undefined => {
  const { added, subtracted } = ratingChangesOf(event)
  if (added === undefined && subtracted === undefined) return document
  const { subjectType, subjectId } = event.data
  const before = document ?? { ...unrated, histogram: noRatings }
  return {
    id,
    subjectType,
    subjectId,
    ...rated(before, event),
    histogram: counted(counted(before.histogram, added, 1), subtracted, -1),
  }
}

const counted = (histogram: Histogram, rating: number | undefined, by: 1 | -1): Histogram => {
  if (rating === undefined) return histogram
  const { '1': one, '2': two, '3': three, '4': four, '5': five } = histogram
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = [
    one,
    two,
    three,
    four,
    five,
  ].map((count, nth) => (nth + 1 === rating ? count + by : count))
  return { '1': first, '2': second, '3': third, '4': fourth, '5': fifth }
}
