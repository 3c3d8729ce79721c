import type { Blobs } from '../../../platform/storage/blobs/port.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { zoneOf, type ReportFormat, type ReportId, type ReportKind } from '../language.ts'
import { answeredFrom } from './reads.ts'
import { csvOf } from './report-csv.ts'
import { htmlOf } from './report-html.ts'
import { parquetOf } from './report-parquet.ts'
import { reportTable, type ReportTable } from './report-table.ts'

/** A report to be made. */
export type Wanted = {
  readonly reportId: ReportId
  readonly kind: ReportKind
  readonly format: ReportFormat
  /** First moment, ISO 8601 in UTC. */
  readonly from: string
  /** The first moment after it. */
  readonly to: string
  readonly timeZone: string
}

/** Media types of reports. */
export const reportTypes: Readonly<Record<ReportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
}

/** Returns the key of a report's file in the store of blobs. */
export const reportKeyOf = (reportId: string, format: ReportFormat): string =>
  `report-${reportId}.${format}`

const bytesOf = async (table: ReportTable, wanted: Wanted): Promise<Uint8Array> => {
  switch (wanted.format) {
    case 'csv':
      return Buffer.from(csvOf(table))
    case 'html':
      return Buffer.from(htmlOf(table, wanted))
    case 'parquet':
      return parquetOf(table)
  }
}

/**
 * Computes a report and stores its file; a repetition replaces it.
 * @param minPosition position of the log that its figures include
 * @returns size in bytes, SHA-256 in hex, and the position that all its figures include
 * @throws Unavailable
 */
export const storeReport = async (
  {
    readModels,
    blobs,
  }: { readonly readModels: Pick<ReadModels, 'find'>; readonly blobs: Pick<Blobs, 'stage'> },
  wanted: Wanted,
  minPosition: bigint,
): Promise<{ readonly size: number; readonly checksum: string; readonly position: string }> => {
  const { timeZone, reportId, format, kind } = wanted
  const zone = zoneOf(timeZone)
  if (!zone) throw new Error(`There is no time zone ${timeZone}`)
  const range = { from: Date.parse(wanted.from), to: Date.parse(wanted.to), timeZone, zone }
  const { data: table, position } = await answeredFrom(readModels, minPosition, (reads) =>
    reportTable(reads, kind, range),
  )
  const bytes = await bytesOf(table, wanted)
  await using staged = await blobs.stage(once(bytes))
  await staged.commit(reportKeyOf(reportId, format))
  return { size: staged.size, checksum: staged.sha256, position: String(position) }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
