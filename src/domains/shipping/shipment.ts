import { decider, derivedId, refuse } from '#kernel'
import { ReturnId, ShipmentId, type OrderId } from '../shared/index.ts'
import { decideReport } from './report-rules.ts'
import { shipmentCommands, shipmentEvents, shipmentRefusals } from './shipment-messages.ts'
import { dispatchedStatuses, type Sent, type State } from './shipment-state.ts'

/** Method of orders whose buyer has not chosen one. */
export const defaultDelivery = { carrier: 'post', method: 'standard' } as const

/** Returns the id of the shipment of an order; an order has one. */
export const shipmentIdOf = (orderId: OrderId): ShipmentId =>
  derivedId(ShipmentId, orderId, 'shipment')

/** Returns the id of the return of an order whose parcel came back undelivered. */
export const undeliveredReturnOf = (orderId: OrderId): ReturnId =>
  derivedId(ReturnId, shipmentIdOf(orderId), 'undelivered')

/** Returns the number of a parcel until its carrier gives it another one. */
export const trackingOf = (id: ShipmentId): string =>
  `AG${id.replaceAll('-', '').slice(0, 16).toUpperCase()}`

/**
 * The parcel of an order. Reports may come twice and out of order: an older one never moves it backwards, and the same
 * reports lead to the same end in every order. The second failed attempt at its delivery sends it back.
 *
 * The order decides whether it may leave: `ShipOrder` comes before the first report.
 */
export const shipment = decider({
  name: 'shipment',
  id: ShipmentId,
  commands: shipmentCommands,
  events: shipmentEvents,
  refusals: shipmentRefusals,
}).rules<State>({
  initialState: { status: 'NEW' },

  decide: {
    CreateShipment: ({ tracking, ...data }, state) => {
      if (state.status === 'CANCELLED') return refuse('AlreadyCancelled')
      const { orderId, userId, carrier, method } = data
      if (state.status === 'NEW')
        return [
          { type: 'ShipmentCreated', data },
          ...(tracking === undefined
            ? []
            : [{ type: 'ShipmentTracked', data: { orderId, userId, tracking } } as const]),
        ]
      const isOther = carrier !== state.carrier || method !== state.method
      const isTracked = tracking === undefined || tracking === state.tracking || state.left
      if (isOther && dispatchedStatuses.has(state.status)) return refuse('AlreadyDispatched')
      return [
        ...(isOther
          ? [{ type: 'ShipmentMethodChanged', data: { orderId, userId, carrier, method } } as const]
          : []),
        ...(isTracked
          ? []
          : [{ type: 'ShipmentTracked', data: { orderId, userId, tracking } } as const]),
      ]
    },

    ReportShipment: (report, state, { now }) => {
      if (state.status === 'NEW') return refuse('NoSuchShipment')
      return state.status === 'CANCELLED'
        ? refuse('AlreadyCancelled')
        : decideReport(state, report, now)
    },

    // One that is not created yet is cancelled as well: the saga that creates it may be late.
    CancelShipment: (data, { status }) =>
      status === 'NEW' || status === 'CREATED' ? [{ type: 'ShipmentCancelled', data }] : [],

    ForgetShipment: (_, state) => {
      if (state.status === 'NEW' || state.status === 'CANCELLED' || state.left) return []
      const { orderId, userId } = state
      return [{ type: 'ShipmentForgotten', data: { orderId, userId } }]
    },
  },

  evolve: {
    ShipmentCreated: (_, { buyerLeft, ...data }) => ({
      status: 'CREATED',
      ...data,
      failures: [],
      ...(buyerLeft && { left: buyerLeft }),
    }),
    ShipmentMethodChanged: (state, { carrier, method }) => changed(state, { carrier, method }),
    ShipmentTracked: (state, { tracking }) => changed(state, { tracking }),
    ShipmentDispatched: (state, { happenedAt: at }) => changed(state, { status: 'DISPATCHED', at }),
    ShipmentInTransit: (state, { happenedAt: at }) => changed(state, { status: 'IN_TRANSIT', at }),
    ShipmentDelivered: (state, { happenedAt: at }) => changed(state, { status: 'DELIVERED', at }),
    ShipmentFailed: (state, { happenedAt: at, late }) =>
      changed(state, {
        ...(late ? {} : { status: 'FAILED', at }),
        failures: 'failures' in state ? [...state.failures, at] : [],
      }),
    ShipmentReturned: (state, { happenedAt: at }) => changed(state, { status: 'RETURNED', at }),
    ShipmentCancelled: () => ({ status: 'CANCELLED' }),
    ShipmentForgotten: (state) => changed(state, { left: true, tracking: undefined }),
  },
})

const changed = (state: State, changes: Partial<Sent>): State =>
  state.status === 'NEW' || state.status === 'CANCELLED' ? state : { ...state, ...changes }
