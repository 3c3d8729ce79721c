import type { Static } from 'typebox'
import { Streams } from './answers.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'
import { counted } from './wording.ts'

/** The most that one page of streams holds. */
const pageSize = 1_000

type Stream = Static<typeof Streams>['streams'][number]

/** `agora categories`: every category of streams, and how much is in it. */
export const listCategories = async (
  session: Session,
  { json }: { readonly json?: boolean },
): Promise<void> => {
  const { categories } = await session.client.ask(Streams, 'GET', '/analytics/streams?limit=1')
  print(session, json, { categories }, () =>
    table(
      [
        { title: 'category' },
        { title: 'streams', align: 'right' },
        { title: 'events', align: 'right' },
      ],
      categories.map(({ category, streams, events }) => [
        category,
        counted(streams),
        counted(events),
      ]),
    ),
  )
}

/** `agora streams`: the streams of a category, or of all, oldest first. */
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
    const page: Static<typeof Streams> = await session.client.ask(
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
        counted(events),
        startedAt,
        counted(BigInt(position)),
      ]),
    ),
  ])
  if (cursor !== undefined) session.say('There are more; ask for them with --limit.')
}
