import { Type } from 'typebox'
import { decider, Fields, Nothing, refuse } from '#kernel'
import { OrderId, ProductId, Reason, RecordedReason, RefundId, ReturnId } from '../shared/index.ts'

/** The most pieces of one product that stock may count. */
const most = 1_000_000_000
const Count = Type.Integer({ minimum: 0, maximum: most })
/** What one order holds: all its lines for this product together. */
const Pieces = Type.Integer({ minimum: 1, maximum: most })
/** The refund or the return that pieces come back by. */
const Cause = Type.Union([RefundId, ReturnId])
const Delta = Type.Integer({ minimum: -most, maximum: most })

/** Only reservations that are still held are kept, so that the state does not grow with history. */
type State = {
  readonly known: boolean
  /** All pieces there are, reserved ones among them. */
  readonly quantity: number
  /** The sum of what is held. */
  readonly reserved: number
  /** How many pieces are held for which order. */
  readonly held: Readonly<Record<string, number>>
  /** The refunds and returns whose pieces came back last: none is counted twice. */
  readonly returned: readonly string[]
}

/** So many refunds and returns are remembered: far more than can come in before one is sent again. */
const remembered = 1_000

/**
 * The pieces of one product, and for which orders they are held. Reserve holds pieces back, commit takes them out,
 * release gives them back. As ended reservations are forgotten, to commit one again is refused as `NotReserved`;
 * who sent the command twice may take that for done.
 */
export const stock = decider({
  name: 'inventory',
  id: ProductId,

  commands: {
    InitializeStock: Fields({}, { description: 'Begin to count a new product.' }),
    SetStock: Fields(
      { quantity: Count, reason: Reason },
      { description: 'Say how many pieces there are.' },
    ),
    AdjustStock: Fields(
      { delta: Delta, reason: Reason },
      { description: 'Say how many pieces came in, or went (a negative number).' },
    ),
    ReserveStock: Fields(
      { orderId: OrderId, quantity: Pieces },
      { description: 'Hold pieces back for an order.' },
    ),
    ReleaseStock: Fields({ orderId: OrderId }, { description: 'Give back what an order held.' }),
    CommitStock: Fields({ orderId: OrderId }, { description: 'Take out what an order held.' }),
    ReturnStock: Fields(
      { orderId: OrderId, cause: Cause, quantity: Pieces },
      { description: 'Put pieces of an order back, for a refund or a return.' },
    ),
  },

  events: {
    StockInitialized: Fields({ quantity: Count, reason: Type.Optional(RecordedReason) }),
    /** `quantity` is what there is now, `delta` by how much it changed. */
    StockAdjusted: Fields({ quantity: Count, delta: Delta, reason: RecordedReason }),
    StockReserved: Fields({ orderId: OrderId, quantity: Pieces }),
    /** Nothing is available any more. */
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
      returned: [...state.returned, cause].slice(-remembered),
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
