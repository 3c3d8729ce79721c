import { styleText } from 'node:util'
import { ConsumerGroups, Replayed } from './answers.ts'
import { pages } from './pages.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'
import { formatCount, plural } from './wording.ts'

const columns = [
  { title: 'stream' },
  { title: 'group' },
  { title: 'state' },
  { title: 'behind', align: 'right' },
  { title: 'consumers', align: 'right' },
  { title: 'in flight', align: 'right' },
  { title: 'parked', align: 'right' },
  { title: 'measured' },
] as const

const countOf = (count: number | undefined): string =>
  count === undefined ? '-' : formatCount(count)

/** `agora groups`: lists the persistent subscriptions of the EventStoreDB endpoint. */
export const listGroups = async (
  session: Session,
  { json }: { readonly json?: boolean },
): Promise<void> => {
  const { client } = session
  const groups = await pages(async (query) => {
    const found = await client.call(ConsumerGroups, 'GET', `/admin/consumer-groups?${query}`)
    return { entries: found.groups, total: found.total }
  })
  print(session, json, { groups }, () => {
    if (groups.length === 0) return ['There is no persistent subscription.']
    const rows = groups.map(({ source, name, state, parked, measured }) => [
      source,
      name,
      state,
      countOf(measured?.lag),
      countOf(measured?.consumers),
      countOf(measured?.inFlight),
      parked === 0 ? '0' : styleText('red', formatCount(parked)),
      measured?.at ?? '-',
    ])
    return table(columns, rows)
  })
}

/** `agora groups replay`: has the parked messages of a group delivered again. */
export const replayGroup = async (
  { client, out }: Session,
  source: string,
  name: string,
  { limit }: { readonly limit?: number },
): Promise<void> => {
  const { messages } = await client.call(Replayed, 'POST', '/admin/consumer-groups/replay', {
    source,
    name,
    ...(limit !== undefined && { limit }),
  })
  out(
    messages === 0
      ? `No message of ${name} on ${source} is parked.`
      : `${plural(messages, 'parked message')} of ${name} on ${source} ${messages === 1 ? 'is' : 'are'} delivered again.`,
  )
}
