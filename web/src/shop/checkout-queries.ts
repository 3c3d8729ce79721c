import { queryOptions } from '@tanstack/react-query'
import { api, read, type BodyOf, type DataOf } from '../api/client.ts'

/** A way of delivery with its cost, valid for half an hour. */
export type Quote = DataOf<'/api/v1/shipping/quotes', 'post'>['quotes'][number]

/** Where an order goes, as far as its cost depends on it. */
export type Destination = BodyOf<'/api/v1/shipping/quotes', 'post'>['destination']

/** Quotes are read again after this time, in ms: well before they expire. */
const quotesLast = 15 * 60_000

/** What the delivery of products costs. */
export const quotesQuery = (
  items: readonly { readonly refId: string; readonly quantity: number }[],
  destination: Destination,
) =>
  queryOptions({
    queryKey: ['quotes', items, destination],
    queryFn: () =>
      read(api.POST('/api/v1/shipping/quotes', { body: { items: [...items], destination } })),
    staleTime: quotesLast,
    refetchInterval: quotesLast,
  })
