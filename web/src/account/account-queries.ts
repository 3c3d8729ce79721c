import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../api/client.ts'

/** The user's open sessions, one of which is this browser's. */
export const sessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: () =>
    read(
      api.GET('/api/v1/auth/sessions', { params: { query: { limit: 100, sort: '-createdAt' } } }),
    ),
})

/** The people whom the user blocks, the latest first. */
export const blocksQuery = infiniteQueryOptions({
  queryKey: ['account', 'blocks'],
  queryFn: ({ pageParam: cursor }) =>
    read(
      api.GET('/api/v1/users/me/blocks', {
        params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ nextCursor }) => nextCursor,
})

/** Theme, time zone and privacy of the user. */
export const settingsQuery = queryOptions({
  queryKey: ['account', 'settings'],
  queryFn: () => read(api.GET('/api/v1/users/me/settings')),
})

/** Theme, time zone and privacy of the user. */
export type UserSettings = DataOf<'/api/v1/users/me/settings', 'get'>

/** Language, channels, quiet hours and consents of the user. */
export const preferencesQuery = queryOptions({
  queryKey: ['account', 'preferences'],
  queryFn: () => read(api.GET('/api/v1/users/me/preferences')),
})

/** Language, channels, quiet hours and consents of the user. */
export type Preferences = DataOf<'/api/v1/users/me/preferences', 'get'>

/** Browsers and telephones that get notifications, and the key by which browsers subscribe. */
export const devicesQuery = queryOptions({
  queryKey: ['account', 'devices'],
  queryFn: () => read(api.GET('/api/v1/notifications/devices')),
})

/** A browser or a telephone that gets notifications. */
export type Device = DataOf<'/api/v1/notifications/devices', 'get'>['devices'][number]
