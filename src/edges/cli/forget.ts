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

const Asked = Type.Object({
  ...Forgotten.properties,
  orders: Type.Object({ toShip: Type.Array(Type.String()) }),
})

const columns = [
  { title: 'place' },
  { title: 'found', align: 'right' },
  { title: 'removed', align: 'right' },
  { title: 'note' },
] as const

/** So long it is waited for, and so often asked, in ms. */
const patience = { atMost: 120_000, every: 250 }

const lines = ({
  userId,
  keyDestroyedAt,
  places = [],
  beyond = [],
}: Static<typeof Forgotten>): string[] => {
  const left = places.filter(({ found, removed }) => found > removed)
  return [
    `${userId} is forgotten; the key to what the log says of them was destroyed at ${keyDestroyedAt}.`,
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
      ? `${places.length} places were checked; none says anything of them any more.`
      : `${places.length} places were checked; look after ${left.map(({ place }) => place).join(', ')}.`,
    ...(beyond.length === 0 ? [] : ['', 'Agora cannot look there; see to it yourself:']),
    ...beyond.map((where) => `- ${where}`),
  ]
}

/**
 * `agora forget`: forgets somebody for good, and prints a receipt of every place that was checked. A person at a
 * terminal is asked before; a script has to say `--yes`.
 * @param who their id, e-mail address or username
 * @param options.yes that it is meant: nobody is asked
 * @throws BadUsage when nobody can be asked
 * @throws Failed when it is not meant, or not done in time; then it goes on, and the command may be given again
 */
export const forgetUser = async (
  session: Session,
  who: string,
  { json, yes }: { readonly json?: boolean; readonly yes?: boolean },
): Promise<void> => {
  const warning = `${who} is to be forgotten in every place. Nobody can undo that; orders that are paid and not on their way lose their address.`
  if (!yes && !(await session.confirm(warning))) throw new Failed('Nobody was forgotten.')
  const path = (user: string) => `/admin/users/${encodeURIComponent(user)}/forget`
  const { orders, ...first } = await session.client.ask(Asked, 'POST', path(who))
  if (orders.toShip.length > 0)
    session.say(
      `Nobody will know where these orders go, which are paid; give the money back: ${orders.toShip.join(', ')}`,
    )
  let receipt: Static<typeof Forgotten> = first
  const until = performance.now() + patience.atMost
  while (receipt.status !== 'forgotten') {
    if (performance.now() > until)
      throw new Failed(
        `${receipt.userId} has left and is being forgotten, which takes longer than usual; see "agora dead-letters", and give this command again with the id.`,
      )
    await pause(patience.every, undefined, { signal: session.signal })
    receipt = await session.client.ask(Forgotten, 'GET', path(receipt.userId))
  }
  print(session, json, receipt, () => lines(receipt))
}
