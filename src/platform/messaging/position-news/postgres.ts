import type { Database } from '../../engines/postgres/database.ts'
import { positionListeners } from './listeners.ts'
import type { PositionNews } from './port.ts'

const channel = 'agora_positions'

/** Read models of one notification; its payload may have 8,000 bytes at most (PostgreSQL manual, NOTIFY). */
const mostNames = 80

/** Begins the payload of a request. */
const request = '?'

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
    const pairs = payload.split(' ').map((pair): [string, bigint] => {
      const at = pair.lastIndexOf('=')
      return [pair.slice(0, at), BigInt(pair.slice(at + 1))]
    })
    listeners.announced(new Map(pairs))
  })
  const notify = async (payloads: readonly string[]): Promise<void> => {
    if (payloads.length === 0) return
    await database.query({
      name: 'announce-positions',
      text: `SELECT pg_notify('${channel}', payload) FROM unnest($1::text[]) AS payload`,
      values: [payloads],
      isShort: true,
    })
  }
  return {
    request: (names) => notify(chunksOf(names, mostNames).map((some) => request + some.join(' '))),
    announce: (positions) =>
      notify(
        chunksOf([...positions], mostNames).map((some) =>
          some.map(([name, position]) => `${name}=${position}`).join(' '),
        ),
      ),
    onRequest: listeners.onRequest,
    onAnnounced: listeners.onAnnounced,
    close: () => listener.close(),
  }
}
