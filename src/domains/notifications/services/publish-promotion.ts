import { derivedId, isRefusal } from '#kernel'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { canonicalMoment, momentMessage } from '../../../serving/moments.ts'
import { invalid } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { UserId } from '../../shared/index.ts'
import { promotion, PromotionId, type Channel, type Segment } from '../language.ts'
import { audienceSize } from './audience.ts'

/** An advertisement to a segment of users. */
export type Promotion = {
  readonly segment: Segment
  readonly channel: Channel
  readonly subject?: string | undefined
  readonly text: string
}

/**
 * Returns a segment whose moment is as read models store moments: they compare as texts.
 * @param field path of the moment in the request
 * @throws Problem 400
 */
const canonicalSegment = (segment: Segment, field: string): Segment => {
  if (segment.activeSince === undefined) return segment
  const activeSince = canonicalMoment(segment.activeSince)
  if (activeSince === undefined) throw invalid(field, momentMessage)
  return { ...segment, activeSince }
}

/** Returns the number of users in a segment now. @throws Problem 400 for a moment that cannot be */
export const recipientsOf = (segment: Segment, readModels: ReadModels): Promise<number> =>
  audienceSize(readModels, canonicalSegment(segment, 'activeSince'))

/**
 * Publishes a promotion; repeated with the same origin, it is published once.
 * @returns its id, the number of users in the segment now, and the position to read it at
 * @throws Problem 400 for a moment that cannot be, or when it is refused
 */
export const publishPromotion = async (
  { segment: asked, channel, subject = 'News from Agora', text }: Promotion,
  { publishedBy, origin }: { readonly publishedBy: UserId; readonly origin: Origin },
  { executor, readModels }: { readonly executor: Executor; readonly readModels: ReadModels },
) => {
  const segment = canonicalSegment(asked, 'segment.activeSince')
  const id = derivedId(PromotionId, origin.commandId, 'promotion')
  const recipients = await audienceSize(readModels, segment)
  const data = { segment, channel, subject, text, recipients, publishedBy }
  const command = { type: 'PublishPromotion' as const, data }
  const answer = await executor.execute(promotion, id, command, origin)
  if (isRefusal(answer)) throw refusalProblem(promotion, answer)
  return { id, recipients, position: answer.position }
}
