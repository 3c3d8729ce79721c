import { parquetMetadata } from 'hyparquet'
import { expect, test } from 'vitest'
import { parquetOf } from './report-parquet.ts'

test.each([[[]], [[['2030-01-31', 7]]]] as const)(
  'columns of a Parquet file have the same types with rows %j',
  (rows) => {
    const bytes = parquetOf({ columns: ['day', 'people'], types: ['text', 'number'], rows })
    const { schema } = parquetMetadata(new Uint8Array(bytes).buffer)
    expect(schema.slice(1).map(({ name, type }) => [name, type])).toEqual([
      ['day', 'BYTE_ARRAY'],
      ['people', 'INT64'],
    ])
  },
)
