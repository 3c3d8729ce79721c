/** Metrics of the API, by the order in which they are offered. */
export const metricNames = [
  'sales',
  'orders_placed',
  'orders_ended',
  'products_sold',
  'gigs_sold',
  'refunds',
  'payments_failed',
  'registrations',
  'sign_ins',
  'active_people',
  'activity',
  'searches',
  'products_created',
  'gigs_created',
  'reviews',
  'posts',
  'comments',
  'likes',
  'unlikes',
  'messages',
  'follows',
  'uploads',
] as const

/** Name of a metric. */
export type MetricName = (typeof metricNames)[number]

/** Lengths of the buckets of a metric. */
const buckets = ['hour', 'day', 'week', 'month'] as const

/** Length of the buckets of a metric. */
export type Bucket = (typeof buckets)[number]

/** What the dashboard shows, as its address says: a saved view. */
export type DashboardSearch = {
  /** First and last day, `2030-01-31`. */
  readonly from?: string
  readonly to?: string
  /** IANA name; default: that of the browser. */
  readonly timeZone?: string
  readonly metric?: MetricName
  readonly bucket?: Bucket
  readonly groupBy?: string
}

const textIn = (value: unknown, pattern: RegExp): string | undefined =>
  typeof value === 'string' && pattern.test(value) ? value : undefined

const dayPattern = /^\d{4}-\d{2}-\d{2}$/

/** Reads what the dashboard shows from an address or a form; what it does not know is left out. */
export const dashboardSearch = (given: Readonly<Record<string, unknown>>): DashboardSearch => {
  const from = textIn(given['from'], dayPattern)
  const to = textIn(given['to'], dayPattern)
  const timeZone = textIn(given['timeZone'], /^[A-Za-z0-9_+\-/]{1,64}$/)
  const metric = metricNames.find((one) => one === given['metric'])
  const bucket = buckets.find((one) => one === given['bucket'])
  const groupBy = textIn(given['groupBy'], /^[A-Za-z]{1,40}$/)
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(timeZone !== undefined && { timeZone }),
    ...(metric !== undefined && { metric }),
    ...(bucket !== undefined && { bucket }),
    ...(groupBy !== undefined && { groupBy }),
  }
}

/** The time zone of the browser. */
export const localZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

const isZone = (timeZone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Returns the last days as a range; in an unknown time zone, those of the browser's. @param now in ms since 1970 */
export const lastDays = (
  count: number,
  now: number,
  timeZone: string,
): { readonly from: string; readonly to: string } => {
  const written = new Intl.DateTimeFormat('en-CA', {
    timeZone: isZone(timeZone) ? timeZone : localZone(),
    dateStyle: 'short',
  })
  const to = written.format(now)
  const from = new Date(Date.parse(to) - (count - 1) * 24 * 60 * 60_000)
  return { from: from.toISOString().slice(0, 10), to }
}
