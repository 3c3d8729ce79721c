import { Type } from 'typebox'
import { Fields, sagaEventTypes, Timestamp, type DocumentOf } from '#kernel'
import { order, OrderStatus } from '../domains/ordering/language.ts'
import { Money, NotificationId, OrderId, PaymentId, ProductId } from '../domains/shared/index.ts'
import { inventory, notifications, orders, payments, PaymentStatus } from '../projections/index.ts'
import { analyticsMessages } from './analytics-messages.ts'
import { ask, namespace, Position, tell, type Messages } from './message.ts'

// Every message of every namespace, both ways, is described here and nowhere else: what clients send is checked
// against it, what handlers answer and tell is typed by it, and the page for clients in other languages is written
// from it.

const OrderRef = Fields({ orderId: OrderId })
const ProductRef = Fields({ productId: ProductId })
const NotificationRef = Fields({ id: NotificationId })

const stock = { quantity: Type.Integer(), reserved: Type.Integer(), available: Type.Integer() }

const Notification = Type.Unsafe<DocumentOf<typeof notifications> & { readonly position: string }>(
  Fields({ ...notifications.document.properties, position: Position }),
)

/** What passes in each namespace. */
export const messages = {
  '/orders': namespace({
    about:
      'How orders and their payments are doing. Owners hear of all their orders without asking; admins may ' +
      'subscribe to any.',
    client: {
      'order:subscribe': ask(
        'Hear of an order from now on, and where it stands now.',
        OrderRef,
        Fields({ status: OrderStatus, position: Position }),
      ),
      'order:unsubscribe': ask('Hear no more of an order that was subscribed to.', OrderRef),
    },
    server: {
      'order:status': tell(
        'Where an order stands now; some of the steps on the way may be passed over.',
        Fields({
          orderId: OrderId,
          status: OrderStatus,
          reason: Type.Optional(Type.String()),
          refunded: Type.Optional(Money),
          position: Position,
        }),
        orders.reads.filter((type) => type in order.events),
      ),
      'order:saga-step': tell(
        'One move of a saga that carries the order through, or money and goods back.',
        Fields({ orderId: OrderId, step: Type.String(), at: Timestamp, position: Position }),
        ['Order', 'Refund'].flatMap((subject) => Object.values(sagaEventTypes({ subject }))),
      ),
      'payment:status': tell(
        'Where the payment of an order stands now.',
        Fields({
          orderId: OrderId,
          paymentId: PaymentId,
          status: PaymentStatus,
          position: Position,
        }),
        payments.reads,
      ),
    },
  }),

  '/notifications': namespace({
    about: 'What users are told, each their own.',
    client: {
      'notification:read': ask(
        'Mark one as read.',
        NotificationRef,
        Fields({ position: Position }),
      ),
    },
    server: {
      'notification:new': tell('Something to know.', Notification, ['NotificationRequested']),
      'notification:unread-count': tell(
        'How many are unread; told on connection too.',
        Fields({ count: Type.Integer({ minimum: 0 }), position: Position }),
        ['NotificationRequested', 'NotificationRead'],
      ),
    },
  }),

  '/inventory': namespace({
    about: 'How many pieces of products there are; for everybody who is signed in.',
    client: {
      'product:subscribe': ask(
        'Hear how many pieces of a product there are from now on, and how many there are now.',
        ProductRef,
        Fields({ ...stock, position: Position }),
      ),
      'product:unsubscribe': ask('Hear no more of a product that was subscribed to.', ProductRef),
    },
    server: {
      'stock:changed': tell(
        'How many pieces of a product there are now.',
        Fields({ productId: ProductId, ...stock, position: Position }),
        inventory.reads,
      ),
    },
  }),

  '/analytics': analyticsMessages,
} as const satisfies Readonly<Record<`/${string}`, Messages>>
