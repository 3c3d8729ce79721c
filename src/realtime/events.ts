import type { ClientOf, ServerOf } from './message.ts'
import type { messages } from './messages.ts'

type All = typeof messages

/** What clients of `/orders` may ask for. */
export type OrdersClient = ClientOf<All['/orders']>

/** What clients of `/orders` are told. */
export type OrdersServer = ServerOf<All['/orders']>

/** What clients of `/notifications` may ask for. */
export type NotificationsClient = ClientOf<All['/notifications']>

/** What clients of `/notifications` are told: of their own only. */
export type NotificationsServer = ServerOf<All['/notifications']>

/** What clients of `/inventory` may ask for. */
export type InventoryClient = ClientOf<All['/inventory']>

/** What clients of `/inventory` are told. */
export type InventoryServer = ServerOf<All['/inventory']>

/** What clients of `/analytics` may ask for. */
export type AnalyticsClient = ClientOf<All['/analytics']>

/** What clients of `/analytics` are told. */
export type AnalyticsServer = ServerOf<All['/analytics']>
