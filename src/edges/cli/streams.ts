import type { Static } from 'typebox'
import { Streams } from './answers.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'
import { formatCount } from './wording.ts'

/** Maximum number of streams per page. */
const pageSize = 1_000

type Stream = Static<typeof Streams>['streams'][number]

/** `agora categories`: lists the categories with their numbers of streams and events. */
export const listCategories = async (
  session: Session,
  { json }: { readonly json?: boolean },
): Promise<void> => {
  const { categories } = await session.client.call(Streams, 'GET', '/analytics/streams?limit=1')
  print(session, json, { categories }, () =>
    table(
      [
        { title: 'category' },
        { title: 'streams', align: 'right' },
        { title: 'events', align: 'right' },
      ],
      categories.map(({ category, streams, events }) => [
        category,
        formatCount(streams),
        formatCount(events),
      ]),
    ),
  )
}

/** `agora streams`: lists the streams of one category or of all, oldest first. */
export const listStreams = async (
  session: Session,
  {
    json,
    category,
    limit,
  }: { readonly json?: boolean; readonly category?: string; readonly limit: number },
): Promise<void> => {
  const streams: Stream[] = []
  let cursor: string | undefined = '0'
  while (cursor !== undefined && streams.length < limit) {
    const query: URLSearchParams = new URLSearchParams({
      cursor,
      limit: String(Math.min(pageSize, limit - streams.length)),
      ...(category && { category }),
    })
    const page: Static<typeof Streams> = await session.client.call(
      Streams,
      'GET',
      `/analytics/streams?${query.toString()}`,
    )
    streams.push(...page.streams)
    cursor = page.nextCursor
  }
  print(session, json, { streams }, () => [
    ...table(
      [
        { title: 'stream' },
        { title: 'events', align: 'right' },
        { title: 'started at' },
        { title: 'position', align: 'right' },
      ],
      streams.map(({ stream, events, startedAt, position }) => [
        stream,
        formatCount(events),
        startedAt,
        formatCount(BigInt(position)),
      ]),
    ),
  ])
  if (cursor !== undefined) session.info('There are more streams; increase --limit to list them.')
}
