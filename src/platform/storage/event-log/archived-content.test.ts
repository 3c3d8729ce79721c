import { expect, test } from 'vitest'
import type { ArchiveReader } from '../archives/port.ts'
import { withContent } from './archived-content.ts'

test('rows that alternate over archives get their content from one reading of each, four at a time', async () => {
  const rows = Array.from({ length: 60 }, (_, index) => ({
    position: BigInt(index),
    archive: index % 3 === 0 ? null : index % 20,
    data: index,
  }))
  const read: number[] = []
  let [underWay, most] = [0, 0]
  const reader: ArchiveReader = {
    eventsIn: async (archive) => {
      read.push(archive)
      most = Math.max(most, ++underWay)
      await new Promise(setImmediate)
      underWay -= 1
      return new Map(
        rows.map(({ position }) => [
          position,
          { data: `{"n":${position}}`, metadata: '{}', original: '' },
        ]),
      )
    },
  }
  expect(await withContent(rows, reader)).toEqual(
    rows.map((row) =>
      row.archive === null ? row : { ...row, data: { n: row.data }, metadata: {}, original: null },
    ),
  )
  expect(read.toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 20 }, (_, archive) => archive),
  )
  expect(most).toBe(4)
})
