import { parquetWriteBuffer } from 'hyparquet-writer'
import type { ReportTable } from './report-table.ts'

/** Returns a report as a Parquet file: texts, and whole numbers of 64 bits. Amounts are in minor units. */
export const parquetOf = ({
  columns,
  types,
  rows,
}: Pick<ReportTable, 'columns' | 'types' | 'rows'>): Uint8Array => {
  const columnData = columns.map((name, index) => {
    const cells = rows.map((row) => row[index] ?? '')
    return types[index] === 'number'
      ? { name, data: cells.map(BigInt), type: 'INT64' as const }
      : { name, data: cells.map(String), type: 'STRING' as const }
  })
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}
