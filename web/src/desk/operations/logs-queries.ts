import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../../api/client.ts'
import type { LogsSearch } from './logs-search.ts'

/** A log line. */
export type LogLine = DataOf<'/api/v1/observability/logs', 'get'>['entries'][number]

/** Log lines by service, level, text, time and trace, the latest first. */
export const logsQuery = (search: Omit<LogsSearch, 'tail'>) =>
  infiniteQueryOptions({
    queryKey: ['logs', search],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/observability/logs', {
          params: { query: { limit: 100, ...search, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
