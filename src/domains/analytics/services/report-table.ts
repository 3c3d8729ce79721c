import type { ReportKind } from '../language.ts'
import type { Reads } from './all-documents.ts'
import type { Range } from './asked-range.ts'
import { dashboardOf, type Dashboard } from './dashboard.ts'
import { seriesOf } from './series.ts'

/** A cell: amounts are in minor units. */
export type Cell = string | number

/** Type of the cells of a column: texts, or whole numbers. */
export type ColumnType = 'text' | 'number'

/** A report as a table, and which of its columns a chart shows. */
export type ReportTable = {
  readonly title: string
  readonly columns: readonly string[]
  /** Types of the columns, in their order: they are the same for a report without rows. */
  readonly types: readonly ColumnType[]
  readonly rows: readonly (readonly Cell[])[]
  /** Columns by number: those that name a bar, those that say which bars are compared, and its length. */
  readonly chart: {
    readonly names: readonly number[]
    readonly groups: readonly number[]
    readonly value: number
  }
}

type Figures = Omit<ReportTable, 'title'>

const fromDashboard = {
  sales: ({ sales }: Dashboard): Figures => ({
    columns: ['day', 'currency', 'amount', 'orders'],
    types: ['text', 'text', 'number', 'number'],
    rows: sales.map(({ day, currency, amount, orders }) => [day, currency, amount, orders]),
    chart: { names: [0], groups: [1], value: 2 },
  }),
  orders: ({ ordersByStatus }: Dashboard): Figures => ({
    columns: ['status', 'orders'],
    types: ['text', 'number'],
    rows: Object.entries(ordersByStatus),
    chart: { names: [0], groups: [], value: 1 },
  }),
  people: ({ active }: Dashboard): Figures => ({
    columns: ['day', 'people'],
    types: ['text', 'number'],
    rows: active.day.map(({ bucket, people }) => [bucket, people]),
    chart: { names: [0], groups: [], value: 1 },
  }),
  dashboard: (dashboard: Dashboard): Figures => ({
    columns: ['figure', 'of', 'currency', 'value'],
    types: ['text', 'text', 'text', 'number'],
    rows: allFiguresOf(dashboard),
    chart: { names: [0, 1], groups: [0, 2], value: 3 },
  }),
} as const

const allFiguresOf = (dashboard: Dashboard): readonly (readonly Cell[])[] => {
  const { sales, ordersByStatus, steps, funnel, top, active, people, searches, sellers } = dashboard
  return [
    ...sales.map(({ day, currency, amount }) => ['sales', day, currency, amount]),
    ...Object.entries(ordersByStatus).map(([status, count]) => ['orders', status, '', count]),
    ...steps.map(({ from, to, medianMs }) => ['median_ms', `${from} to ${to}`, '', medianMs]),
    ...Object.entries(funnel).map(([step, count]) => ['funnel', step, '', count]),
    ...top.products.map(({ productId, quantity }) => ['product', productId, '', quantity]),
    ...top.gigs.map(({ gigId, orders }) => ['gig', gigId, '', orders]),
    ...active.day.map(({ bucket, people: count }) => ['active', bucket, '', count]),
    ...Object.entries(people).map(([kind, count]) => ['people', kind, '', count]),
    ['searches', 'total', '', searches.total],
    ['searches', 'without result', '', searches.withoutResult],
    ['answers', 'count', '', sellers.answers],
    ...(sellers.medianSeconds === undefined
      ? []
      : [['answers', 'median seconds', '', sellers.medianSeconds]]),
  ]
}

const fromMetrics = {
  products: { metric: 'products_sold', groupBy: 'productId' },
  gigs: { metric: 'gigs_sold', groupBy: 'gigId' },
  activity: { metric: 'activity', groupBy: 'eventType' },
} as const

const titles: Readonly<Record<ReportKind, string>> = {
  sales: 'Sales by day and currency',
  orders: 'Orders by status',
  products: 'Products sold by month',
  gigs: 'Orders of gigs by month',
  people: 'Active people by day',
  activity: 'Activity by day',
  dashboard: 'All figures',
}

const figuresOf = async (reads: Reads, kind: ReportKind, range: Range): Promise<Figures> => {
  if (kind !== 'products' && kind !== 'gigs' && kind !== 'activity')
    return fromDashboard[kind](await dashboardOf(reads, range))
  const { metric, groupBy } = fromMetrics[kind]
  const bucket = kind === 'activity' ? 'day' : 'month'
  const series = await seriesOf(reads, { metric, groupBy, bucket, range })
  return {
    columns: [bucket, groupBy, 'count', 'currency', 'amount'],
    types: ['text', 'text', 'number', 'text', 'number'],
    rows: series.map((one) => [
      one.bucket,
      one.group ?? '',
      one.count,
      one.currency ?? '',
      one.amount ?? 0,
    ]),
    chart: { names: [0, 1], groups: [], value: 2 },
  }
}

/** Computes a report. */
export const reportTable = async (
  reads: Reads,
  kind: ReportKind,
  range: Range,
): Promise<ReportTable> => ({
  title: titles[kind],
  ...(await figuresOf(reads, kind, range)),
})
