import { Type } from 'typebox'
import { decider, Fields, Nothing, refuse } from '#kernel'
import { OrderId, ProductId, Reason, RecordedReason, RefundId, ReturnId } from '../shared/index.ts'

/** Greatest number of pieces of one product. */
const most = 1_000_000_000
const Count = Type.Integer({ minimum: 0, maximum: most })
/** Pieces that one order reserves, over all its lines for this product. */
const Pieces = Type.Integer({ minimum: 1, maximum: most })
/** Refund or return that puts pieces back. */
const Cause = Type.Union([RefundId, ReturnId])
const Delta = Type.Integer({ minimum: -most, maximum: most })

/** Holds open reservations only, so that the state does not grow with history. */
type State = {
  readonly known: boolean
  /** All pieces, reserved ones included. */
  readonly quantity: number
  /** Sum of the reserved pieces. */
  readonly reserved: number
  /** Reserved pieces by order. */
  readonly held: Readonly<Record<string, number>>
  /** The latest refunds and returns, so that none is counted twice. */
  readonly returned: readonly string[]
}

/** Number of refunds and returns in the state: far more than can arrive before one is sent again. */
const maxReturned = 1_000

/**
 * Pieces of one product and their reservations by orders. ReserveStock reserves pieces, CommitStock takes them out,
 * ReleaseStock makes them available again. As the state drops ended reservations, a repeated CommitStock is refused as
 * `NotReserved`; its sender may regard that as done.
 */
export const stock = decider({
  name: 'inventory',
  id: ProductId,

  commands: {
    InitializeStock: Fields({}, { description: 'Initialize the stock of a new product.' }),
    SetStock: Fields(
      { quantity: Count, reason: Reason },
      { description: 'Set the number of pieces.' },
    ),
    AdjustStock: Fields(
      { delta: Delta, reason: Reason },
      { description: 'Adjust the number of pieces by a difference, which may be negative.' },
    ),
    ReserveStock: Fields(
      { orderId: OrderId, quantity: Pieces },
      { description: 'Reserve pieces for an order.' },
    ),
    ReleaseStock: Fields(
      { orderId: OrderId },
      { description: 'Release the pieces that an order reserved.' },
    ),
    CommitStock: Fields(
      { orderId: OrderId },
      { description: 'Take out the pieces that an order reserved.' },
    ),
    ReturnStock: Fields(
      { orderId: OrderId, cause: Cause, quantity: Pieces },
      { description: 'Put pieces of an order back, for a refund or a return.' },
    ),
  },

  events: {
    StockInitialized: Fields({ quantity: Count, reason: Type.Optional(RecordedReason) }),
    /** `quantity` is the new number of pieces, `delta` the difference. */
    StockAdjusted: Fields({ quantity: Count, delta: Delta, reason: RecordedReason }),
    StockReserved: Fields({ orderId: OrderId, quantity: Pieces }),
    /** No more pieces are available. */
    StockDepleted: Nothing,
    StockReservationReleased: Fields({ orderId: OrderId, quantity: Pieces }),
    StockCommitted: Fields({ orderId: OrderId, quantity: Pieces }),
    StockReturned: Fields({ orderId: OrderId, cause: Cause, quantity: Pieces }),
  },

  refusals: {
    OutOfStock: 'Not that many pieces are available; order fewer, or come back later.',
    BelowReserved: 'Orders hold more pieces than would be left; release or ship those first.',
    TooMany: 'No more than 1,000,000,000 pieces can be counted.',
    NotReserved: 'Nothing is held for this order.',
  },
}).rules<State>({
  initialState: { known: false, quantity: 0, reserved: 0, held: {}, returned: [] },
  stateVersion: 2,

  decide: {
    InitializeStock: (_, { known }) =>
      known ? [] : [{ type: 'StockInitialized', data: { quantity: 0 } }],

    SetStock: ({ quantity, reason }, state) => recount(state, quantity, reason),

    AdjustStock: ({ delta, reason }, state) => recount(state, state.quantity + delta, reason),

    ReserveStock: ({ orderId, quantity }, { quantity: all, reserved, held }) => {
      if (orderId in held) return []
      const available = all - reserved
      if (quantity > available) return refuse('OutOfStock')
      return [
        { type: 'StockReserved', data: { orderId, quantity } },
        ...(quantity === available ? [{ type: 'StockDepleted' as const, data: {} }] : []),
      ]
    },

    ReleaseStock: ({ orderId }, { held }) => {
      const quantity = held[orderId]
      return quantity === undefined
        ? []
        : [{ type: 'StockReservationReleased', data: { orderId, quantity } }]
    },

    CommitStock: ({ orderId }, { held }) => {
      const quantity = held[orderId]
      return quantity === undefined
        ? refuse('NotReserved')
        : [{ type: 'StockCommitted', data: { orderId, quantity } }]
    },

    ReturnStock: (data, { quantity, returned }) => {
      if (returned.includes(data.cause)) return []
      return quantity + data.quantity > most ? refuse('TooMany') : [{ type: 'StockReturned', data }]
    },
  },

  evolve: {
    StockInitialized: (state, { quantity }) => ({ ...state, known: true, quantity }),
    StockAdjusted: (state, { quantity }) => ({ ...state, quantity }),
    StockReserved: (state, { orderId, quantity }) => ({
      ...state,
      reserved: state.reserved + quantity,
      held: { ...state.held, [orderId]: quantity },
    }),
    StockDepleted: (state) => state,
    StockReservationReleased: (state, { orderId, quantity }) => ({
      ...state,
      reserved: state.reserved - quantity,
      held: without(state.held, orderId),
    }),
    StockCommitted: (state, { orderId, quantity }) => ({
      ...state,
      quantity: state.quantity - quantity,
      reserved: state.reserved - quantity,
      held: without(state.held, orderId),
    }),
    StockReturned: (state, { cause, quantity }) => ({
      ...state,
      quantity: state.quantity + quantity,
      returned: [...state.returned, cause].slice(-maxReturned),
    }),
  },
})

const recount = (state: State, quantity: number, reason: string) => {
  if (quantity > most) return refuse('TooMany')
  if (quantity < state.reserved) return refuse('BelowReserved')
  if (!state.known) return [{ type: 'StockInitialized' as const, data: { quantity, reason } }]
  const delta = quantity - state.quantity
  return delta === 0 ? [] : [{ type: 'StockAdjusted' as const, data: { quantity, delta, reason } }]
}

const without = (held: State['held'], orderId: string): State['held'] => {
  const { [orderId]: _, ...others } = held
  return others
}
