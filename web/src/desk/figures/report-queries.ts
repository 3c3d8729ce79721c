import { queryOptions } from '@tanstack/react-query'
import { api, read, run, type BodyOf, type DataOf } from '../../api/client.ts'
import type { Once } from '../../api/use-command.ts'

/** A report as it is listed. */
export type Report = DataOf<'/api/v1/analytics/reports', 'get'>['reports'][number]

/** A limit of a metric. */
export type Threshold = DataOf<'/api/v1/analytics/thresholds', 'get'>['thresholds'][number]

/** What reports are about. */
export const reportKinds = [
  'sales',
  'orders',
  'products',
  'gigs',
  'people',
  'activity',
  'dashboard',
] as const

/** Forms of a report's file. */
export const reportFormats = ['csv', 'html', 'parquet'] as const

/** Keys of the queries for reports and thresholds. */
export const reportKeys = { reports: ['reports'], thresholds: ['thresholds'] } as const

/** Number of listed reports and thresholds. */
const limit = 100

/** Interval in which reports are read again while one of them is being made, in ms. */
const whileMakingMs = 1_500

/** The latest reports; read again until all are made. */
export const reportsQuery = queryOptions({
  queryKey: reportKeys.reports,
  queryFn: () => read(api.GET('/api/v1/analytics/reports', { params: { query: { limit } } })),
  refetchInterval: ({ state }) =>
    state.data?.reports.some(({ status }) => status === 'REQUESTED') ? whileMakingMs : false,
  select: ({ reports }) => reports,
})

/** All limits of metrics. */
export const thresholdsQuery = queryOptions({
  queryKey: reportKeys.thresholds,
  queryFn: () => read(api.GET('/api/v1/analytics/thresholds', { params: { query: { limit } } })),
  select: ({ thresholds }) => thresholds,
})

/** Requests a report. */
export const requestReport = (body: BodyOf<'/api/v1/analytics/reports', 'post'>, once: Once) =>
  run(api.POST('/api/v1/analytics/reports', { ...once, body }))

/** Removes a report with its file. */
export const removeReport = (id: string) =>
  run(api.DELETE('/api/v1/analytics/reports/{id}', { params: { path: { id } } }))

/** Schedules a job; for admins. */
export const scheduleJob = (body: BodyOf<'/api/v1/jobs', 'post'>, once: Once) =>
  run(api.POST('/api/v1/jobs', { ...once, body }))

/** Sets a limit of a metric. */
export const setThreshold = (body: BodyOf<'/api/v1/analytics/thresholds', 'post'>, once: Once) =>
  run(api.POST('/api/v1/analytics/thresholds', { ...once, body }))

/** Removes a limit of a metric. */
export const removeThreshold = (id: string) =>
  run(api.DELETE('/api/v1/analytics/thresholds/{id}', { params: { path: { id } } }))

/** Address of a report's file. */
export const fileOf = (id: string): string =>
  `/api/v1/analytics/reports/${encodeURIComponent(id)}/file`
