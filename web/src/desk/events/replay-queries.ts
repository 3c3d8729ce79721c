import { queryOptions } from '@tanstack/react-query'
import { api, read, run, type BodyOf, type DataOf } from '../../api/client.ts'
import type { Once } from '../../api/use-command.ts'

/** A replay as it is listed. */
export type Replay = DataOf<'/api/v1/analytics/replays', 'get'>['replays'][number]

/** The definition of a replay. */
export type ReplayDefinition = BodyOf<'/api/v1/analytics/replays', 'post'>

/** Key of all queries for replays. */
export const replaysKey = ['replays'] as const

/** Number of listed replays. */
const limit = 50

/** The latest replays. */
export const replaysQuery = queryOptions({
  queryKey: [...replaysKey, 'list'],
  queryFn: () => read(api.GET('/api/v1/analytics/replays', { params: { query: { limit } } })),
  select: ({ replays }) => replays,
})

/** Defines a replay; it is played over the socket. */
export const startReplay = (body: ReplayDefinition, once: Once) =>
  run(api.POST('/api/v1/analytics/replays', { ...once, body }))
