import { messages, placeAt, positionAt } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { MissedRange } from '../../../serving/questions.ts'
import type { ConversationId } from '../language.ts'
import { shownMessage, type ShownMessage } from './shown-messages.ts'

/** Messages of a conversation after a position. */
export type MissedMessages = {
  /** In the order of the log; as many as the limit, or all. */
  readonly messages: readonly { readonly at: bigint; readonly message: ShownMessage }[]
  /** No message up to here is missing. */
  readonly position: bigint
}

/** Reads the messages of a conversation after a position, oldest first. */
export const messagesAfter = async (
  readModels: Pick<ReadModels, 'find'>,
  conversationId: ConversationId,
  { after, minPosition, limit }: MissedRange,
): Promise<MissedMessages> => {
  const { documents, position } = await readModels.find(
    messages,
    {
      where: { conversationId, place: { gt: placeAt(after) } },
      sort: ['place'],
      limit,
      counted: false,
    },
    minPosition,
  )
  // A store that writes a batch one by one may show later messages before all up to them are there.
  const whole = documents.filter(({ place }) => positionAt(place) <= position)
  const found = whole.map((one) => ({ at: positionAt(one.place), message: shownMessage(one) }))
  const last = found.at(-1)
  return { messages: found, position: last && found.length === limit ? last.at : position }
}
