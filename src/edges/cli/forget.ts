import { setTimeout as pause } from 'node:timers/promises'
import { Type, type Static } from 'typebox'
import { Failed } from './failure.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'

const Forgotten = Type.Object({
  userId: Type.String(),
  status: Type.String(),
  keyDestroyedAt: Type.Optional(Type.String()),
  places: Type.Optional(
    Type.Array(
      Type.Object({
        place: Type.String(),
        found: Type.Number(),
        removed: Type.Number(),
        note: Type.Optional(Type.String()),
      }),
    ),
  ),
  beyond: Type.Optional(Type.Array(Type.String())),
})

const ForgetStarted = Type.Object({
  ...Forgotten.properties,
  orders: Type.Object({ toShip: Type.Array(Type.String()) }),
})

const columns = [
  { title: 'place' },
  { title: 'found', align: 'right' },
  { title: 'removed', align: 'right' },
  { title: 'note' },
] as const

/** Maximum time to wait for the erasure, and the poll interval, in ms. */
const waiting = { timeoutMs: 120_000, pollMs: 250 }

const lines = ({
  userId,
  keyDestroyedAt,
  places = [],
  beyond = [],
}: Static<typeof Forgotten>): string[] => {
  const left = places.filter(({ found, removed }) => found > removed)
  return [
    `${userId} is erased; the key of their encrypted events was destroyed at ${keyDestroyedAt}.`,
    '',
    ...table(
      columns,
      places.map(({ place, found, removed, note = '' }) => [
        place,
        String(found),
        String(removed),
        note,
      ]),
    ),
    '',
    left.length === 0
      ? `${places.length} places were searched; none has data of them any more.`
      : `${places.length} places were searched; data are left in ${left.map(({ place }) => place).join(', ')}.`,
    ...(beyond.length === 0 ? [] : ['', 'Out of reach of Agora; check these places yourself:']),
    ...beyond.map((where) => `- ${where}`),
  ]
}

/**
 * `agora forget`: erases a user's personal data, and prints a receipt of every place that was searched. Asks for
 * confirmation at a terminal; a script passes `--yes`.
 * @param user id, e-mail address or username
 * @param options.yes confirms without a question
 * @throws BadUsage when there is no terminal to ask on
 * @throws Failed when it is not confirmed, or not complete in time; the erasure continues then, and the command may be
 *   repeated
 */
export const forgetUser = async (
  session: Session,
  user: string,
  { json, yes }: { readonly json?: boolean; readonly yes?: boolean },
): Promise<void> => {
  const warning = `All personal data will be erased of ${user}. This cannot be undone; paid orders that are not shipped lose their address.`
  if (!yes && !(await session.confirm(warning))) throw new Failed('Nothing was erased.')
  const path = (id: string) => `/admin/users/${encodeURIComponent(id)}/forget`
  const { orders, ...first } = await session.client.call(ForgetStarted, 'POST', path(user))
  if (orders.toShip.length > 0)
    session.info(
      `These paid orders have lost their address; refund them: ${orders.toShip.join(', ')}`,
    )
  let receipt: Static<typeof Forgotten> = first
  const until = performance.now() + waiting.timeoutMs
  while (receipt.status !== 'forgotten') {
    if (performance.now() > until)
      throw new Failed(
        `The erasure of ${receipt.userId} takes longer than usual and continues; see "agora dead-letters", and repeat this command with the id.`,
      )
    await pause(waiting.pollMs, undefined, { signal: session.signal })
    receipt = await session.client.call(Forgotten, 'GET', path(receipt.userId))
  }
  print(session, json, receipt, () => lines(receipt))
}
