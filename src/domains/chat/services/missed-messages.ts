import { messages, placeAt, positionAt } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { MissedRange } from '../../../serving/questions.ts'
import type { ConversationId } from '../language.ts'
import { changedMessage, newMessage, type Pushed } from './pushed-messages.ts'

/** What happened to the messages of a conversation after a position. */
export type MissedMessages = {
  /** In the order of the log; as many as the limit, or all. */
  readonly messages: readonly Pushed[]
  /** Nothing up to here is missing. */
  readonly position: bigint
}

/**
 * Reads the messages of a conversation after a position, and the changes of these and earlier ones, oldest first. A
 * message that was changed several times has its last change only.
 */
export const messagesAfter = async (
  readModels: Pick<ReadModels, 'find'>,
  conversationId: ConversationId,
  { after, minPosition, limit }: MissedRange,
): Promise<MissedMessages> => {
  const part = async (field: 'place' | 'changedPlace') => {
    const { documents, position } = await readModels.find(
      messages,
      {
        where: { conversationId, [field]: { gt: placeAt(after) } },
        sort: [field],
        limit,
        counted: false,
      },
      minPosition,
    )
    const pushed = documents.flatMap((document): readonly Pushed[] => {
      const { place, changedPlace } = document
      if (field === 'place') return [newMessage(document)]
      const at = positionAt(changedPlace ?? place)
      const changed = changedMessage(document, at)
      return changed ? [changed] : []
    })
    const last = documents.length === limit ? pushed.at(-1) : undefined
    return { pushed, whole: last && last.at < position ? last.at : position }
  }
  const parts = await Promise.all([part('place'), part('changedPlace')])
  // Up to here, neither part lacks anything: each may be cut off, or be read at another position. A store that writes a
  // batch one by one may also show later messages before all up to them are there.
  const whole = parts.reduce(
    (least, one) => (one.whole < least ? one.whole : least),
    parts[0].whole,
  )
  const all = parts
    .flatMap(({ pushed }) => pushed)
    .filter(({ at }) => at <= whole)
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))
  const found = all.slice(0, limit)
  const last = found.at(-1)
  return { messages: found, position: last && found.length < all.length ? last.at : whole }
}
