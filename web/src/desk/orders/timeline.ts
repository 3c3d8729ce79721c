import type { OrderStory, SagaRun, TracedEvent } from './order-queries.ts'

/** Lanes of the picture, from top to bottom. */
export const lanes = ['order', 'saga', 'stock', 'payment', 'shipment', 'notice', 'other'] as const

/** A lane of the picture: what the points in it concern. */
export type Lane = (typeof lanes)[number]

/** Kinds of points. A `timer` is a command that is sent later. */
export type PointKind = 'event' | 'move' | 'compensation' | 'command' | 'timer' | 'refusal'

/** A point of the picture: something that happened, or that a timer will do. */
export type Point = {
  readonly id: string
  readonly kind: PointKind
  readonly lane: Lane
  /** ms since 1970 */
  readonly at: number
  /** Type of the event or of the command. */
  readonly name: string
  /** The stream of an event, the target of a command, or the saga of a move. */
  readonly subject: string
  /** Reason of a refusal. */
  readonly reason?: string
  /** Of a timer: whether it has fired, is set, or is not needed any more as its run has ended. */
  readonly timer?: 'fired' | 'set' | 'idle'
  /** Id of the point that led to it. */
  readonly cause?: string
}

/** An answer that a run waits for. */
export type Awaited = { readonly commandId: string; readonly lane: Lane }

/** The picture of an order. */
export type Timeline = {
  /** In the order of time; causes come before their effects. */
  readonly points: readonly Point[]
  readonly awaited: readonly Awaited[]
}

const laneByCategory: Readonly<Record<string, Lane>> = {
  order: 'order',
  gigOrder: 'order',
  inventory: 'stock',
  payment: 'payment',
  paymentAuthorisation: 'payment',
  shipment: 'shipment',
  notification: 'notice',
  mail: 'notice',
}

const laneOf = (category: string): Lane => laneByCategory[category] ?? 'other'

const categoryOf = (stream: string): string => stream.split('-', 1)[0] ?? ''

/** A point with its place in the log, by which points of the same ms are sorted. */
type Placed = Point & { readonly order: number }

const pointsOfRun = ({ saga, moves, state }: SagaRun): readonly Placed[] => {
  const steps = new Map(
    moves.flatMap(({ commands }) => commands.map((command) => [command.id, command] as const)),
  )
  const firedAt = new Map(
    moves.flatMap(({ at, input: { kind, commandId } }) =>
      kind === 'timer' && commandId !== undefined ? [[commandId, Date.parse(at)] as const] : [],
    ),
  )
  return moves.flatMap(({ eventId, type, at, position, input, commands }): readonly Placed[] => {
    const moment = Date.parse(at)
    const order = Number(position)
    const refused =
      input.kind === 'refusal' && input.commandId !== undefined
        ? steps.get(input.commandId)
        : undefined
    const refusalId = `refusal ${input.commandId}`
    const cause = refused ? refusalId : (input.eventId ?? input.commandId)
    return [
      ...(refused
        ? [
            {
              id: refusalId,
              kind: 'refusal' as const,
              lane: laneOf(refused.to),
              at: moment,
              name: refused.type,
              subject: `${refused.to}-${refused.target}`,
              ...(input.reason !== undefined && { reason: input.reason }),
              cause: refused.id,
              order: order - 0.2,
            },
          ]
        : []),
      {
        id: eventId,
        kind: type.endsWith('SagaCompensated') ? ('compensation' as const) : ('move' as const),
        lane: 'saga' as const,
        at: moment,
        name: type,
        subject: saga,
        ...(cause !== undefined && { cause }),
        order,
      },
      ...commands.map(({ id, type: name, to, target, wait }, nth): Placed => {
        const fired = firedAt.get(id)
        const timer = fired === undefined ? (state === 'ended' ? 'idle' : 'set') : 'fired'
        return {
          id,
          kind: wait > 0 ? 'timer' : 'command',
          lane: laneOf(to),
          at: wait === 0 || timer === 'idle' ? moment : (fired ?? moment + wait),
          name,
          subject: `${to}-${target}`,
          ...(wait > 0 && { timer }),
          cause: eventId,
          order: order + 0.1 + nth / 1_000,
        }
      }),
    ]
  })
}

const pointOfEvent = (
  { eventId, type, stream, at, position, commandId, causedBy }: TracedEvent,
  commands: ReadonlySet<string>,
): Placed => {
  const cause = commands.has(commandId) ? commandId : causedBy
  return {
    id: eventId,
    kind: 'event',
    lane: laneOf(categoryOf(stream)),
    at: Date.parse(at),
    name: type,
    subject: stream,
    ...(cause !== undefined && cause !== '' && { cause }),
    order: Number(position),
  }
}

/** Returns the picture of an order: every event, move, command, timer and refusal, connected by what led to what. */
export const timelineOf = ({ runs, events }: Pick<OrderStory, 'runs' | 'events'>): Timeline => {
  const ofRuns = runs.flatMap(pointsOfRun)
  const known = new Set(ofRuns.map(({ id }) => id))
  const ofEvents = events
    .filter(({ eventId }) => !known.has(eventId))
    .map((event) => pointOfEvent(event, known))
  const all = [...ofRuns, ...ofEvents].toSorted((a, b) => a.at - b.at || a.order - b.order)
  const ids = new Set(all.map(({ id }) => id))
  return {
    points: all.map(({ cause, ...point }) => ({
      ...point,
      // A cause outside of the picture is not drawn, such as the request itself.
      ...(cause !== undefined && ids.has(cause) && { cause }),
    })),
    awaited: runs.flatMap(({ waits }) =>
      waits.flatMap(({ kind, commandId, to }) =>
        kind === 'answer' && commandId !== undefined && to !== undefined
          ? [{ commandId, lane: laneOf(to) }]
          : [],
      ),
    ),
  }
}
