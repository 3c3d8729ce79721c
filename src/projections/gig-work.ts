import { Type, type Static } from 'typebox'
import { Fields, personal, Timestamp, type EventOf } from '#kernel'
import {
  forgottenWords,
  Party,
  type AnyOrderItem,
  type gigOrder,
} from '../domains/ordering/language.ts'
import { MediaId, RecordedReason, Text, UserId } from '../domains/shared/index.ts'

const Words = Type.Optional(personal(Text(1, 10_000)))

/** Work on an order of a gig: terms, deliveries, revisions, and the wish to cancel. */
export const GigWork = Fields({
  deliveryDays: Type.Integer({ minimum: 1 }),
  /** In the package. */
  revisions: Type.Integer({ minimum: 0 }),
  revisionsLeft: Type.Integer({ minimum: 0 }),
  requirements: Words,
  /** When the next delivery is due. */
  dueAt: Type.Optional(Timestamp),
  /** The next delivery is late. */
  overdue: Type.Optional(Type.Literal(true)),
  /** The work is accepted; the money is being taken, or was. */
  acceptedAt: Type.Optional(Timestamp),
  deliveries: Type.Array(
    Fields({
      number: Type.Integer({ minimum: 1 }),
      message: Words,
      mediaIds: Type.Array(MediaId),
      at: Timestamp,
    }),
  ),
  /** Requested revisions, each of a delivery. */
  requests: Type.Array(
    Fields({ delivery: Type.Integer({ minimum: 1 }), message: Words, at: Timestamp }),
  ),
  /** A proposal to cancel that waits for the other party, or the words of the cancellation. */
  cancellation: Type.Optional(
    Fields({
      proposedBy: Type.Optional(Party),
      personId: UserId,
      words: Type.Optional(personal(RecordedReason)),
      at: Timestamp,
    }),
  ),
})
export type GigWork = Static<typeof GigWork>

/** An event of an order of a gig. */
type Event<T extends EventOf<typeof gigOrder>['type']> = Extract<
  EventOf<typeof gigOrder>,
  { type: T }
>

/** Returns the work on an order that was placed. */
export const placedWork = ({
  data: { deliveryDays, revisions, requirements },
}: Event<'GigOrderPlaced'>): GigWork => ({
  deliveryDays,
  revisions,
  revisionsLeft: revisions,
  ...(requirements !== undefined && { requirements }),
  deliveries: [],
  requests: [],
})

/** Returns work without what its next step ends: the due date, and a proposal to cancel. */
const withoutAwaited = (work: GigWork) => {
  const { dueAt: _, overdue: __, cancellation: ___, ...rest } = work
  return rest
}

/** Returns work after a delivery. */
export const deliveredWork = (
  work: GigWork,
  { at, data: { delivery: number, message, mediaIds } }: Event<'GigOrderDelivered'>,
): GigWork => ({
  ...withoutAwaited(work),
  deliveries: [...work.deliveries, { number, message, mediaIds, at }],
})

/** Returns work after the request of a revision. */
export const revisedWork = (
  work: GigWork,
  { at, data: { delivery, message, dueAt } }: Event<'GigOrderRevisionRequested'>,
): GigWork => ({
  ...withoutAwaited(work),
  revisionsLeft: Math.max(0, work.revisionsLeft - 1),
  dueAt,
  requests: [...work.requests, { delivery, message, at }],
})

/** Returns work that is accepted. */
export const acceptedWork = (work: GigWork, { at }: Event<'GigOrderAccepted'>): GigWork => ({
  ...withoutAwaited(work),
  acceptedAt: at,
})

/** Returns work with a proposal to cancel. */
export const proposedWork = (
  work: GigWork,
  { at, data: { side, personId, words } }: Event<'GigOrderCancellationProposed'>,
): GigWork => ({
  ...work,
  cancellation: { proposedBy: side, personId, ...(words !== undefined && { words }), at },
})

/** Returns work on an order that was cancelled. */
export const cancelledWork = (
  work: GigWork,
  { at, data: { personId, words } }: Event<'GigOrderCancelled'>,
): GigWork => {
  const { dueAt: _, acceptedAt: __, ...rest } = work
  return personId === undefined || words === undefined
    ? rest
    : { ...rest, cancellation: { personId, words, at } }
}

const unsaid = <T extends { readonly message?: string }>(one: T) => {
  const { message: _, ...rest } = one
  return rest
}

/** Returns work without the words of a party who has left. @param personId the party */
export const workWithout = (work: GigWork, side: Party, personId: UserId): GigWork => {
  const { cancellation, requirements, ...rest } = work
  const { words: _, ...unworded } = cancellation ?? {}
  const kept =
    cancellation && cancellation.personId === personId
      ? { personId, at: cancellation.at, ...unworded }
      : cancellation
  return {
    ...rest,
    ...(side === 'seller' && requirements !== undefined && { requirements }),
    ...(side === 'seller'
      ? { deliveries: rest.deliveries.map(unsaid) }
      : { requests: rest.requests.map(unsaid) }),
    ...(kept && { cancellation: kept }),
  }
}

/** Returns the lines of an order without the words of its seller. */
export const itemsWithout = <I extends AnyOrderItem>(items: readonly I[]): I[] =>
  items.map((item) =>
    item.kind === 'gig' ? { ...item, name: forgottenWords, package: forgottenWords } : item,
  )
