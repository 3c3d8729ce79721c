import { Type } from 'typebox'
import { Fields } from '#kernel'
import { conversations, entryIdOf } from '../../../projections/index.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { notFound } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { GigId, OrderId, UserId } from '../../shared/index.ts'
import { ConversationId } from '../language.ts'
import { markRead } from '../services/reading-marks.ts'
import { ShownConversation, shownConversations } from '../services/shown-conversations.ts'
import { startConversation } from '../services/starting.ts'

const about = { gigId: Type.Optional(GigId), orderId: Type.Optional(OrderId) }

/** Routes of conversations. */
export const conversationRoutes = [
  route({
    method: 'POST',
    url: '/chat/conversations',
    access: 'user',
    operationId: 'startConversation',
    summary: 'Start a conversation, or find it',
    description:
      'Two users have one conversation for each gig and order, and one about neither. Answers with 200 when it is there already.',
    body: Fields({ participantId: UserId, ...about }),
    example: { participantId: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11' },
    data: Type.Object({ id: ConversationId, participantId: UserId, ...about }),
    status: 201,
    finds: true,
    problems: [404],
    handle: async ({ body: { participantId, ...topic }, caller, origin }, { executor }) => {
      const found = await startConversation(executor, caller.id, participantId, topic, origin)
      const { id, position, revision, wasThere } = found
      return { data: { id, participantId, ...topic }, position, revision, wasThere }
    },
  }),

  route({
    method: 'GET',
    url: '/chat/conversations',
    access: 'user',
    operationId: 'listConversations',
    summary: 'My conversations, the one with the latest message first',
    query: ListQuery(['lastAt'], {}),
    data: ListOf('conversations', ShownConversation),
    handle: async ({ query, caller }, ports) => {
      const part = await listed(ports, conversations, query, { userId: caller.id })
      const shown = await shownConversations(ports.readModels, caller, part.documents)
      return { data: { conversations: shown, ...part.info }, position: part.position }
    },
  }),

  route({
    method: 'GET',
    url: '/chat/conversations/:id',
    access: 'user',
    operationId: 'getConversation',
    summary: 'One of my conversations',
    params: Fields({ id: ConversationId }),
    query: Fresh,
    data: ShownConversation,
    problems: [404],
    handle: async ({ params: { id }, query, caller }, { readModels }) => {
      const { document: entry, position } = await readModels.get(
        conversations,
        entryIdOf(id, caller.id),
        minPositionOf(query),
      )
      // As of none for others than the participants.
      const [data] = entry ? await shownConversations(readModels, caller, [entry]) : []
      if (!data) throw notFound('conversation')
      return { data, position }
    },
  }),

  route({
    method: 'POST',
    url: '/chat/conversations/:id/read',
    access: 'user',
    operationId: 'readConversation',
    summary: 'Mark the messages of a conversation as read',
    params: Fields({ id: ConversationId }),
    data: Type.Object({ id: ConversationId, unread: Type.Literal(0) }),
    problems: [404],
    handle: async ({ params: { id }, caller, origin }, ports) => {
      const { position } = await markRead(ports, id, caller.id, origin)
      return { data: { id, unread: 0 as const }, position }
    },
  }),
]
