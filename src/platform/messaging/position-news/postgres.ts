import type { Database } from '../../engines/postgres/database.ts'
import { positionListeners } from './listeners.ts'
import type { AnnouncedPosition, PositionNews } from './port.ts'

const channel = 'agora_positions'

/** Read models of one notification; its payload may have 8,000 bytes at most (PostgreSQL manual, NOTIFY). */
const mostNames = 70

/** Begins the payload of a request: the names follow, separated by spaces. */
const request = '?'

/** One of the announced positions of a payload, which are separated by spaces. */
const pattern = /^([^ =]+)=(\d{1,19})@(\d{1,9})$/

const textOf = ({ name, position, version }: AnnouncedPosition): string =>
  `${name}=${position}@${version}`

/** Returns an announced position; undefined for what a later version of Agora may send. */
const announcedIn = (text: string): AnnouncedPosition | undefined => {
  const [, name, position, version] = pattern.exec(text) ?? []
  if (name === undefined || position === undefined) return undefined
  return { name, position: BigInt(position), version: Number(version) }
}

/** Splits a list into lists of at most `most`. */
const chunksOf = <T>(list: readonly T[], most: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / most) }, (_, nth) =>
    list.slice(nth * most, (nth + 1) * most),
  )

/** Announcements between all processes on one PostgreSQL, by NOTIFY. @throws Unavailable when PostgreSQL cannot be reached */
export const postgresPositionNews = async (
  database: Pick<Database, 'query' | 'listen'>,
): Promise<PositionNews> => {
  const listeners = positionListeners()
  const listener = await database.listen(channel, (payload) => {
    // Empty after a reconnect: what was missed is found by polls.
    if (payload === '') return
    if (payload.startsWith(request)) return listeners.requested(payload.slice(1).split(' '))
    const positions = payload.split(' ').map(announcedIn)
    listeners.announced(positions.filter((one) => one !== undefined))
  })
  const notify = async (texts: readonly string[], before = ''): Promise<void> => {
    if (texts.length === 0) return
    const payloads = chunksOf(texts, mostNames).map((some) => before + some.join(' '))
    await database.query({
      name: 'announce-positions',
      text: `SELECT pg_notify('${channel}', payload) FROM unnest($1::text[]) AS payload`,
      values: [payloads],
      isShort: true,
    })
  }
  return {
    request: (names) => notify(names, request),
    announce: (positions) => notify(positions.map(textOf)),
    onRequest: listeners.onRequest,
    onAnnounced: listeners.onAnnounced,
    close: () => listener.close(),
  }
}
