import { Type, type Static } from 'typebox'
import { conversations } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { UserId } from '../../shared/index.ts'

/** Number of conversations that a response time is taken from. */
const most = 50

/** How long an answer counts, in ms. */
const counts = 90 * 24 * 60 * 60_000

/** How quickly a user answers messages. */
export const ResponseTime = Type.Object(
  {
    seconds: Type.Integer({ description: 'The median' }),
    conversations: Type.Integer({ description: 'Number of conversations with an answer' }),
  },
  {
    description:
      'Of the latest answers in the conversations that the seller answered last, at most 50 of the last 90 days. An answer is the ' +
      'first message after one or more of the other; its time counts from the first of them',
  },
)
export type ResponseTime = Static<typeof ResponseTime>

/**
 * Reads how quickly a user answers messages: the median, which one answer after a holiday does not change. Each
 * conversation counts once, so that a lively one does not outweigh all others.
 * @returns undefined without an answer
 */
export const responseTimeOf = async (
  {
    readModels,
    clock,
  }: { readonly readModels: Pick<ReadModels, 'find'>; readonly clock: () => Date },
  userId: UserId,
): Promise<ResponseTime | undefined> => {
  const { documents } = await readModels.find(conversations, {
    where: {
      userId,
      answeredAt: { gte: new Date(clock().getTime() - counts).toISOString() },
    },
    sort: ['-answeredAt'],
    limit: most,
    counted: false,
  })
  const times = documents
    .flatMap(({ answeredIn }) => answeredIn ?? [])
    .toSorted((one, other) => one - other)
  const [lower, upper] = [times[(times.length - 1) >> 1], times[times.length >> 1]]
  return lower === undefined || upper === undefined
    ? undefined
    : { seconds: Math.round((lower + upper) / 2), conversations: times.length }
}
