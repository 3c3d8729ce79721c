import { api, read } from '../api/client.ts'

/** Most entries of a page of a list. */
const limit = 100

type Part = { readonly nextCursor?: string }

/** Where a page of a list begins, as its request says it. */
type At = { readonly limit: number; readonly cursor?: string }

/** Reads a list to its end. */
const whole = async <P extends Part, T>(
  ask: (at: At) => Promise<P>,
  entries: (part: P) => readonly T[],
): Promise<readonly T[]> => {
  const all: T[] = []
  let part = await ask({ limit })
  all.push(...entries(part))
  while (part.nextCursor !== undefined) {
    part = await ask({ limit, cursor: part.nextCursor })
    all.push(...entries(part))
  }
  return all
}

/** What Agora has of a user, by name: each reads one kind of data. */
const kindsOfData = (userId: string): Readonly<Record<string, () => Promise<unknown>>> => {
  const id = { path: { id: userId } }
  const user = { path: { userId } }
  return {
    profile: () => read(api.GET('/api/v1/users/me')),
    preferences: () => read(api.GET('/api/v1/users/me/preferences')),
    settings: () => read(api.GET('/api/v1/users/me/settings')),
    sessions: () =>
      whole(
        (query) => read(api.GET('/api/v1/auth/sessions', { params: { query } })),
        ({ sessions }) => sessions,
      ),
    devices: async () => (await read(api.GET('/api/v1/notifications/devices'))).devices,
    orders: () =>
      whole(
        (query) => read(api.GET('/api/v1/users/{id}/orders', { params: { ...id, query } })),
        ({ orders }) => orders,
      ),
    payments: () =>
      whole(
        (query) => read(api.GET('/api/v1/payments', { params: { query } })),
        ({ payments }) => payments,
      ),
    reviews: () =>
      whole(
        (query) => read(api.GET('/api/v1/reviews', { params: { query } })),
        ({ reviews }) => reviews,
      ),
    posts: () =>
      whole(
        (query) => read(api.GET('/api/v1/users/{id}/posts', { params: { ...id, query } })),
        ({ posts }) => posts,
      ),
    media: () =>
      whole(
        (query) => read(api.GET('/api/v1/users/{userId}/media', { params: { ...user, query } })),
        ({ media }) => media,
      ),
    following: () =>
      whole(
        (query) => read(api.GET('/api/v1/users/{id}/following', { params: { ...id, query } })),
        (part) => part.following,
      ),
    followers: () =>
      whole(
        (query) => read(api.GET('/api/v1/users/{id}/followers', { params: { ...id, query } })),
        (part) => part.followers,
      ),
    blocked: () =>
      whole(
        (query) => read(api.GET('/api/v1/users/me/blocks', { params: { query } })),
        ({ blocks }) => blocks,
      ),
    conversations: () =>
      whole(
        (query) => read(api.GET('/api/v1/chat/conversations', { params: { query } })),
        ({ conversations }) => conversations,
      ),
    notifications: () =>
      whole(
        (query) =>
          read(api.GET('/api/v1/notifications/user/{userId}', { params: { ...user, query } })),
        ({ notifications }) => notifications,
      ),
  }
}

/**
 * Reads all data of a user, from the API's own answers.
 * @param onProgress called with the share that has been read, 0 to 1
 * @throws ApiProblem
 */
export const ownData = async (
  userId: string,
  onProgress: (share: number) => void,
): Promise<Readonly<Record<string, unknown>>> => {
  const kinds = Object.entries(kindsOfData(userId))
  const data: Record<string, unknown> = { writtenAt: new Date().toISOString() }
  // One after the other: a user's limit of requests is shared with the pages that are open.
  for (const [at, [name, readKind]] of kinds.entries()) {
    onProgress(at / kinds.length)
    data[name] = await readKind()
  }
  return data
}
