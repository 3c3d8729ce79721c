import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  type QueryKey,
} from '@tanstack/react-query'
import { api, read, type DataOf } from '../api/client.ts'

/** The profile of a user with counts, as far as the signed-in user may see it. */
export type Overview = DataOf<'/api/v1/users/{id}/overview', 'get'>

/** The profile of a user; a hidden one has a username only. */
export type Profile = Overview['profile']

/** What the signed-in user has done about another one. */
export type Relation = NonNullable<Overview['relation']>

/** Fewest characters of a search for users. */
export const fewestCharacters = 2

const firstPage: { readonly initialPageParam: string | undefined } = { initialPageParam: undefined }

const next = ({ nextCursor }: { readonly nextCursor?: string }): string | undefined => nextCursor

const continued = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor })

/**
 * Keys of what changes with a follow or a block. The posts of the user are not among them: whether they may be read is the
 * answer of the overview.
 */
export const relationKeys: readonly QueryKey[] = [
  ['people'],
  ['posts', 'feed'],
  ['latest-posts'],
  ['comments'],
]

/** The profile of a user with counts, gigs and reviews. */
export const overviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'one', id],
    queryFn: () => read(api.GET('/api/v1/users/{id}/overview', { params: { path: { id } } })),
  })

/** Users found by words; what was found before stays until the next answer. */
export const foundPeopleQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['people', 'found', q],
    queryFn: ({ pageParam }) =>
      read(api.GET('/api/v1/users/search', { params: { query: { q, ...continued(pageParam) } } })),
    ...firstPage,
    getNextPageParam: next,
    placeholderData: keepPreviousData,
  })

/** Suggestions of users for what has been typed. */
export const suggestedPeopleQuery = (q: string) =>
  queryOptions({
    queryKey: ['people', 'suggested', q],
    queryFn: async () => {
      const { suggestions } = await read(
        api.GET('/api/v1/search/suggest', { params: { query: { q } } }),
      )
      return suggestions.filter(({ type }) => type === 'users')
    },
    placeholderData: keepPreviousData,
  })

/** The followers of a user, the latest first. */
export const followersQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['people', 'followers', id],
    queryFn: ({ pageParam }) =>
      read(
        api.GET('/api/v1/users/{id}/followers', {
          params: { path: { id }, query: continued(pageParam) },
        }),
      ),
    ...firstPage,
    getNextPageParam: next,
  })

/** The users whom a user follows, the latest first. */
export const followingQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['people', 'following', id],
    queryFn: ({ pageParam }) =>
      read(
        api.GET('/api/v1/users/{id}/following', {
          params: { path: { id }, query: continued(pageParam) },
        }),
      ),
    ...firstPage,
    getNextPageParam: next,
  })

/** The users who ask to follow the signed-in user, the latest first. */
export const requestsQuery = infiniteQueryOptions({
  queryKey: ['people', 'requests'],
  queryFn: ({ pageParam }) =>
    read(api.GET('/api/v1/users/me/follow-requests', { params: { query: continued(pageParam) } })),
  ...firstPage,
  getNextPageParam: next,
})
