import { activeDays, metricDays, orderFacts } from '../../../projections/index.ts'
import { metricOf, slotStart, type Dimensions, type MetricName } from '../language.ts'
import { daysIn, eachDocument, momentsIn, type Reads } from './all-documents.ts'
import type { Range } from './asked-range.ts'

/** Something counted at a time, in ms since 1970. Amounts are in minor units of the dimension `currency`. */
export type Point = {
  readonly time: number
  readonly dimensions: Dimensions
  readonly count: number
  readonly amount: number
}

type Span = Pick<Range, 'from' | 'to'>

/** Metrics that follow from whole orders. */
type OfOrders = 'sales' | 'products_sold' | 'gigs_sold'

const ofOrders: ReadonlySet<string> = new Set<OfOrders>(['sales', 'products_sold', 'gigs_sold'])

const isOfOrders = (metric: MetricName): metric is OfOrders => ofOrders.has(metric)

/** Calls a function with what one of the metrics of orders counts, in the order of payments. */
const eachSale = async (
  reads: Reads,
  metric: OfOrders,
  span: Span,
  each: (point: Point) => void,
): Promise<void> => {
  await eachDocument(reads, orderFacts, { paidAt: momentsIn(span) }, 'paidAt', (sold) => {
    const { kind, currency, amount, items, paidAt } = sold
    if (paidAt === undefined) return
    const time = Date.parse(paidAt)
    if (metric === 'sales') return each({ time, dimensions: { currency, kind }, count: 1, amount })
    if (kind !== (metric === 'products_sold' ? 'product' : 'gig')) return
    for (const { refId, quantity, amount: price } of items)
      each({
        time,
        dimensions: { [kind === 'product' ? 'productId' : 'gigId']: refId, currency },
        count: quantity,
        amount: price,
      })
  })
}

/**
 * Calls a function with all that a metric counts in a range. Times are exact to a quarter of an hour, whose beginning is
 * in the range.
 */
export const eachPoint = async (
  reads: Reads,
  metric: Exclude<MetricName, 'active_people'>,
  span: Span,
  each: (point: Point) => void,
): Promise<void> => {
  if (isOfOrders(metric)) return eachSale(reads, metric, span, each)
  await eachDocument(
    reads,
    metricDays,
    { metric, day: daysIn(span) },
    'day',
    ({ day, dimensions, slots }) => {
      for (const { slot, count, amount } of slots) {
        const time = slotStart({ day, slot })
        if (time >= span.from && time < span.to) each({ time, dimensions, count, amount })
      }
    },
  )
}

/** A person who did something in a quarter of an hour, by its beginning in ms since 1970. */
type Presence = {
  readonly userId: string
  readonly times: readonly number[]
  /** Whether the person registered in the range. */
  readonly isNew: boolean
}

/** Calls a function with the people of each day in UTC. */
export const eachPresence = async (
  reads: Reads,
  span: Span,
  each: (presence: Presence) => void,
): Promise<void> => {
  const isIn = (time: number): boolean => time >= span.from && time < span.to
  await eachDocument(reads, activeDays, { day: daysIn(span) }, 'day', (one) => {
    const { userId, day, slots, registered } = one
    const times = slots.map((slot) => slotStart({ day, slot })).filter(isIn)
    if (times.length === 0) return
    const isNew = registered !== undefined && isIn(slotStart({ day, slot: registered }))
    each({ userId, times, isNew })
  })
}

/** Whether a metric can be grouped by a dimension. */
export const groupsBy = (metric: MetricName, dimension: string): boolean =>
  metricOf(metric).groups.includes(dimension)
