import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, whole, type DataOf } from '../api/client.ts'

/** A conversation of the user. */
export type Conversation = DataOf<'/api/v1/chat/conversations/{id}', 'get'>

/** A message of a conversation. */
export type Message = DataOf<'/api/v1/chat/conversations/{id}/messages', 'get'>['messages'][number]

/** Key of the query for the list of conversations. */
export const conversationsKey = ['chat', 'conversations'] as const

/** Number of messages on a page. */
const limit = 30

/** The conversations of the user page by page, the one with the latest message first. */
export const conversationsQuery = infiniteQueryOptions({
  queryKey: conversationsKey,
  queryFn: ({ pageParam: cursor }) =>
    read(
      api.GET('/api/v1/chat/conversations', {
        params: { query: { ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ nextCursor }) => nextCursor,
})

/** A conversation with the marks of its participants. */
export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ['chat', 'conversation', id],
    queryFn: () => read(api.GET('/api/v1/chat/conversations/{id}', { params: { path: { id } } })),
  })

/** A part of a conversation, which is complete up to a position. */
export type MessagesPage = {
  readonly messages: readonly Message[]
  readonly nextCursor?: string
  readonly position: string
}

/** The messages of a conversation page by page, the newest first. */
export const messagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['chat', 'messages', id],
    queryFn: async ({ pageParam: cursor }): Promise<MessagesPage> => {
      const { data, meta } = await whole(
        api.GET('/api/v1/chat/conversations/{id}/messages', {
          params: { path: { id }, query: { limit, ...(cursor !== undefined && { cursor }) } },
        }),
      )
      return { ...data, position: meta.position ?? '0' }
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** What is known of a file of a message. */
export const fileQuery = (id: string) =>
  queryOptions({
    queryKey: ['media', id],
    queryFn: () => read(api.GET('/api/v1/media/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  })
