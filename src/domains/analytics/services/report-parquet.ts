import type { ReportTable } from './report-table.ts'

/** Returns a report as a Parquet file: texts, and whole numbers of 64 bits. Amounts are in minor units. */
export const parquetOf = async ({
  columns,
  rows,
}: Pick<ReportTable, 'columns' | 'rows'>): Promise<Uint8Array> => {
  // Most processes never write one.
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const columnData = columns.map((name, index) => {
    const cells = rows.map((row) => row[index] ?? '')
    return cells.some((cell) => typeof cell === 'string')
      ? { name, data: cells.map(String), type: 'STRING' as const }
      : { name, data: cells.map(BigInt), type: 'INT64' as const }
  })
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}
