import type { OrderHistory } from './order-queries.ts'

/** Something that happened to an order, and what Agora did about it. */
export type Step = {
  readonly position: string
  readonly at: string
  /** Type of the event; `ReserveStock refused` and `CancelOrder timer` for refusals and timers. */
  readonly type: string
  /** Types of the commands that followed at once. */
  readonly commands: readonly string[]
}

type Move = OrderHistory['saga'][number]

const typeOf = ({ input: { kind, type } }: Move): string =>
  kind === 'event' ? type : `${type} ${kind === 'refusal' ? 'refused' : kind}`

/** Commands that were sent at once; those with a wait are timers. */
const sentBy = ({ commands }: Move): readonly string[] =>
  commands.filter(({ wait }) => wait === 0).map(({ type }) => type)

/** Merges the events of an order with the moves of its sagas, which name the events of stock, payment and shipment. */
export const stepsOf = ({ events, saga }: OrderHistory): readonly Step[] => {
  const own = new Set(events.map(({ type }) => type))
  const ofOwn = saga.filter(({ input }) => input.kind === 'event' && own.has(input.type))
  const ofOthers = saga.filter((move) => !ofOwn.includes(move))
  return [
    ...events.map(({ type, at, position }, nth) => {
      // An event's move is recorded after it, and before the next event of its type.
      const next = events.slice(nth + 1).find((one) => one.type === type)
      const moves = ofOwn.filter(
        ({ input, position: moved }) =>
          input.type === type &&
          BigInt(moved) > BigInt(position) &&
          (next === undefined || BigInt(moved) < BigInt(next.position)),
      )
      return { position, at, type, commands: [...new Set(moves.flatMap(sentBy))] }
    }),
    ...ofOthers.map((move) => ({
      position: move.position,
      at: move.at,
      type: typeOf(move),
      commands: [...new Set(sentBy(move))],
    })),
  ].toSorted((one, other) => (BigInt(one.position) < BigInt(other.position) ? -1 : 1))
}
