import { Accepted, DeadLetters } from './answers.ts'
import { pages } from './pages.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'
import { truncated } from './wording.ts'

const columns = [
  { title: 'id' },
  { title: 'kind' },
  { title: 'name' },
  { title: 'key' },
  { title: 'event' },
  { title: 'attempts', align: 'right' },
  { title: 'last failed at' },
  { title: 'error' },
] as const

/** `agora dead-letters`: lists dead letters. */
export const listDeadLetters = async (
  session: Session,
  { json }: { readonly json?: boolean },
): Promise<void> => {
  const deadLetters = await pages(async (query) => {
    const found = await session.client.call(DeadLetters, 'GET', `/admin/dead-letters?${query}`)
    return { entries: found.deadLetters, total: found.total }
  })
  print(session, json, { deadLetters }, () =>
    deadLetters.length === 0
      ? ['There are none.']
      : table(
          columns,
          deadLetters.map(({ id, kind, name, key, type = '', attempts, at, error }) => [
            id,
            kind,
            name,
            key,
            type,
            String(attempts),
            at,
            truncated(error, 80),
          ]),
        ),
  )
}

/** `agora dead-letters retry`: retries a dead letter. */
export const retryDeadLetter = async ({ client, out }: Session, id: string): Promise<void> => {
  await client.call(Accepted, 'POST', `/admin/dead-letters/${encodeURIComponent(id)}/retry`)
  out(`${id} is retried; "agora dead-letters" lists it again if that fails.`)
}
