import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, read } from '../../api/client.ts'
import { ask, type Pushes } from '../../api/sockets.ts'
import { useFallbackInterval, useLive } from '../../api/use-live.ts'
import { alertsKey, projectionsKey, servicesKey } from './operations-queries.ts'

/** How far a projection is behind the log. */
export type Lag = Pushes<'/ops'>['projection:lag']['projections'][number]

const lagsQuery = queryOptions({
  queryKey: [...projectionsKey, 'lags'],
  queryFn: async (): Promise<readonly Lag[]> => {
    const query = { limit: 100 }
    const { projections } = await read(api.GET('/api/v1/admin/projections', { params: { query } }))
    return projections.map(({ name, lagEvents, lagSeconds, promise: { within } }) => ({
      name,
      lagEvents,
      lagSeconds,
      within,
    }))
  },
})

/**
 * Follows alerts, services and lags over `/ops`: the queries of alerts and services are read again as they change.
 * @returns the lags of all projections, sent every five seconds
 */
export const useOps = () => {
  const queries = useQueryClient()
  const setLags = (lags: readonly Lag[]): void => {
    queries.setQueryData(lagsQuery.queryKey, lags)
  }
  const again = (...keys: readonly (readonly string[])[]) =>
    Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })))
  useLive(
    '/ops',
    {
      'alert:raised': () => void again(alertsKey),
      'alert:resolved': () => void again(alertsKey),
      'service:up': () => void again(servicesKey),
      'service:down': () => void again(servicesKey),
      'projection:lag': ({ projections }) => setLags(projections),
    },
    {
      onConnect: () =>
        void ask('/ops', 'ops:subscribe', {}).then(
          ({ projections }) => {
            setLags(projections)
            // Alerts and services may have changed while there was no connection.
            return again(alertsKey, servicesKey)
          },
          () => undefined,
        ),
      onLeave: () => void ask('/ops', 'ops:unsubscribe', {}).catch(() => undefined),
    },
  )
  return useQuery({ ...lagsQuery, refetchInterval: useFallbackInterval() })
}
