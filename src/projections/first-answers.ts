import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { conversation, ConversationId, message } from '../domains/chat/language.ts'
import { GigId, UserId } from '../domains/shared/index.ts'

/**
 * How long sellers took for their first answer: a document for each conversation about a gig that somebody else than its
 * seller has started. An answer to a seller who began it is a buyer's.
 */
export const firstAnswers = projection({
  name: 'first_answers',
  version: 2,
  store: 'mongo',
  within: 60_000,
  document: Fields({
    id: ConversationId,
    gigId: GigId,
    startedBy: UserId,
    /** Time of the first message. */
    askedAt: Type.Optional(Timestamp),
    answeredAt: Type.Optional(Timestamp),
    /** In seconds. */
    answeredIn: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
  from: [conversation, message],
  key: (event) => {
    if (event.type === 'ConversationStarted')
      return event.data.gigId === undefined ? undefined : event.id
    return event.type === 'MessageSent' ? event.data.conversationId : undefined
  },
  beginsWith: [conversation],
  delay: 200,
  indexes: [['answeredAt']],
}).rules({
  ConversationStarted: (_, { id, data: { gigId, startedBy, sellerId } }) =>
    gigId === undefined || sellerId === undefined || sellerId === startedBy
      ? undefined
      : { id, gigId, startedBy },
  MessageSent: (document, { data: { senderId, sentAt } }) => {
    if (!document || document.answeredAt !== undefined) return document
    const { askedAt, startedBy } = document
    if (senderId === startedBy) return { ...document, askedAt: askedAt ?? sentAt }
    if (askedAt === undefined) return document
    // Times are of different processes.
    const waited = Math.max(0, Math.round((Date.parse(sentAt) - Date.parse(askedAt)) / 1_000))
    return { ...document, answeredAt: sentAt, answeredIn: waited }
  },
})
