import type { PrivateStorage } from '../api/private-storage.ts'
import type { Outgoing } from './outbox.ts'

/** What is kept of a message until it is sent: enough to send it again as the same one. */
export type Unsent = Omit<Outgoing, 'status' | 'error' | 'id'>

/** The unsent messages of users. */
export type UnsentMessages = {
  /** In the order they were written. */
  readonly of: (userId: string) => readonly Unsent[]
  readonly get: (userId: string, key: string) => Unsent | undefined
  /** @returns whether the message is stored */
  readonly keep: (userId: string, message: Unsent) => boolean
  readonly remove: (userId: string, key: string) => void
}

const name = (key: string): string => `outbox.${key}`

/** Returns the key of the message that a name in the storage is of. */
export const keyOf = (stored: string): string | undefined => /^outbox\.(.+)$/.exec(stored)?.[1]

const isText = (value: unknown): value is string => typeof value === 'string'

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads a message as an earlier version may have kept it. @returns undefined for anything else */
const unsentOf = (text: string): Unsent | undefined => {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null) return undefined
  const {
    key,
    conversationId,
    text: written,
    mediaIds,
    after,
    writtenAt,
    way,
  }: Record<string, unknown> = {
    ...value,
  }
  if (![key, conversationId, after, writtenAt].every(isText)) return undefined
  const files = Array.isArray(mediaIds) ? mediaIds.filter(isText) : undefined
  return {
    key: String(key),
    conversationId: String(conversationId),
    after: String(after),
    writtenAt: String(writtenAt),
    ...(isText(written) && { text: written }),
    ...(files && { mediaIds: files }),
    ...((way === 'socket' || way === 'http') && { way }),
  }
}

/** Keeps unsent messages, so that they are offered again after the page was closed or the session has ended. */
export const unsentMessages = (storage: PrivateStorage): UnsentMessages => ({
  of: (userId) =>
    [...storage.all(userId)]
      .filter(([stored]) => keyOf(stored) !== undefined)
      .flatMap(([, text]) => unsentOf(text) ?? [])
      .toSorted((one, other) => (one.writtenAt < other.writtenAt ? -1 : 1)),
  get: (userId, key) => {
    const text = storage.get(userId, name(key))
    return text === undefined ? undefined : unsentOf(text)
  },
  keep: (userId, { key, conversationId, text, mediaIds, after, writtenAt, way }) =>
    storage.put(
      userId,
      name(key),
      JSON.stringify({ key, conversationId, text, mediaIds, after, writtenAt, way }),
    ),
  remove: (userId, key) => storage.remove(userId, name(key)),
})
