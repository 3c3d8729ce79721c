import { styleText } from 'node:util'
import { Accepted, Bridges, DeadLetters } from './answers.ts'
import { Failed } from './failure.ts'
import { pages } from './pages.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'
import { formatCount, truncated } from './wording.ts'

const columns = [
  { title: 'broker' },
  { title: 'position', align: 'right' },
  { title: 'events behind', align: 'right' },
  { title: 'seconds behind', align: 'right' },
  { title: 'parked', align: 'right' },
] as const

const parkedColumns = [
  { title: 'id' },
  { title: 'broker' },
  { title: 'parked stream' },
  { title: 'event' },
  { title: 'position', align: 'right' },
  { title: 'attempts', align: 'right' },
  { title: 'error' },
] as const

/** `agora bridges`: lists the bridges to brokers, and the streams that they have parked. */
export const listBridges = async (
  session: Session,
  { json }: { readonly json?: boolean },
): Promise<void> => {
  const { client } = session
  const { bridges } = await client.call(Bridges, 'GET', '/admin/bridges?limit=100')
  const letters = await pages(async (query) => {
    const found = await client.call(DeadLetters, 'GET', `/admin/dead-letters?${query}`)
    return { entries: found.deadLetters, total: found.total }
  })
  const parked = letters.filter(({ kind }) => kind === 'bridge')
  print(session, json, { bridges, parked }, () => {
    if (bridges.length === 0) return ['No broker is configured.']
    const rows = bridges.map(({ name, position, lagEvents, lagSeconds, parked: streams }) => [
      name,
      formatCount(BigInt(position)),
      formatCount(lagEvents),
      lagSeconds.toFixed(1),
      streams === 0 ? '0' : styleText('red', formatCount(streams)),
    ])
    const streams = parked.map(({ id, name, key, type = '', position = '', attempts, error }) => [
      id,
      name,
      key,
      type,
      position,
      String(attempts),
      truncated(error, 80),
    ])
    return [...table(columns, rows), ...(streams.length > 0 ? table(parkedColumns, streams) : [])]
  })
}

/** `agora bridges retry`: publishes a parked stream again, from the refused event on. */
export const retryParkedStream = async ({ client, out }: Session, id: string): Promise<void> => {
  await client.call(Accepted, 'POST', `/admin/dead-letters/${encodeURIComponent(id)}/retry`)
  out(`${id} is retried; "agora bridges" lists it again if that fails.`)
}

/** `agora bridges skip`: publishes a parked stream without the refused event, which is at this position. */
export const skipRefusedEvent = async (
  { client, out, confirm }: Session,
  id: string,
  position: string,
  { yes }: { readonly yes?: true },
): Promise<void> => {
  if (
    !yes &&
    !(await confirm(`Receivers will never get the refused event of ${id} at position ${position}.`))
  )
    throw new Failed('No event was skipped.')
  await client.call(Accepted, 'POST', `/admin/dead-letters/${encodeURIComponent(id)}/skip`, {
    position,
  })
  out(
    `The event at position ${position} is skipped; "agora bridges" lists it again if a later one fails.`,
  )
}
