import { expect, test } from 'vitest'
import type { LogEvent } from './event-queries.ts'
import { exportEvents, exportedText } from './exported.ts'

const event = (nth: number, data: unknown = {}): LogEvent => ({
  eventId: `e${nth}`,
  stream: `order-${nth}`,
  type: 'OrderPlaced',
  revision: 0,
  position: String(nth),
  at: '2030-01-01T00:00:00.000Z',
  data,
  metadata: { actorId: 'a' },
})

test('events are one JSON a line, or rows with escaped cells', () => {
  expect(exportedText([event(1)], 'ndjson', true)).toBe(`${JSON.stringify(event(1))}\n`)
  expect(exportedText([event(1, { note: 'a "b", c' })], 'csv', true)).toBe(
    'position,at,stream,revision,type,eventId,data,metadata\r\n' +
      '1,2030-01-01T00:00:00.000Z,order-1,0,OrderPlaced,e1,"{""note"":""a \\""b\\"", c""}","{""actorId"":""a""}"\r\n',
  )
  expect(exportedText([{ ...event(1), stream: '=1+2' }], 'csv', false)).toContain(",'=1+2,")
})

const pages = [[1, 2], [3], [4, 5]]

const readPage = async (cursor: string | undefined) => {
  const at = Number(cursor ?? '0')
  return {
    events: (pages[at] ?? []).map((nth) => event(nth)),
    nextCursor: String(at + 1),
    caughtUp: at === pages.length - 1,
  }
}

const exported = (most?: number) => {
  const counts: number[] = []
  return exportEvents({
    format: 'ndjson',
    readPage,
    onProgress: (count) => counts.push(count),
    signal: new AbortController().signal,
    ...(most !== undefined && { most }),
  }).then(async ({ file, ...rest }) => ({
    ...rest,
    counts,
    positions: (await file.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).position),
  }))
}

test('an export has all pages', async () => {
  expect(await exported()).toStrictEqual({
    counts: [2, 3, 5],
    count: 5,
    isCut: false,
    positions: ['1', '2', '3', '4', '5'],
  })
})

test('an export is bounded, and says so', async () => {
  expect(await exported(4)).toMatchObject({
    count: 4,
    isCut: true,
    positions: ['1', '2', '3', '4'],
  })
  expect(await exported(5)).toMatchObject({ count: 5, isCut: false })
  expect(await exported(3)).toMatchObject({ count: 3, isCut: true })
})
