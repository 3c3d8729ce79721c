import { queryOptions } from '@tanstack/react-query'
import { api, read, type BodyOf, type DataOf } from '../../api/client.ts'

/** A promotion with its progress. */
export type Promotion = DataOf<'/api/v1/notifications/promotions/{id}', 'get'>

/** A promotion that is to be sent. */
export type NewPromotion = BodyOf<'/api/v1/notifications/promotions', 'post'>

/** Interval in which the progress of a running promotion is read, in ms. */
const runningMs = 2_000

/** The latest promotions. */
export const promotionsQuery = queryOptions({
  queryKey: ['desk', 'promotions'],
  queryFn: () => read(api.GET('/api/v1/notifications/promotions', {})),
  refetchInterval: ({ state: { data } }) =>
    data?.promotions.some(({ status }) => status === 'RUNNING') ? runningMs : false,
})

/** The number of users whom a promotion would reach now. */
export const recipientsQuery = (segment: NewPromotion['segment']) =>
  queryOptions({
    queryKey: ['desk', 'promotions', 'recipients', segment],
    queryFn: () =>
      read(api.GET('/api/v1/notifications/promotions/recipients', { params: { query: segment } })),
  })
