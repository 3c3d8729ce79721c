// Generated from the declared routes and channels by `npm run docs`.

/** Messages of the sockets, by namespace: requests with what an acknowledgement has besides `ok`, and pushes. */
export type Sockets = {
  '/notifications': {
    requests: {
      /** Mark one as read. */
      'notification:read': { payload: { readonly id: string; readonly idempotencyKey?: string }; details: { readonly position: string } }
    }
    pushes: {
      /** A new notification. */
      'notification:new': NotificationsNotificationNew
      /** The answer to a connection with `auth.afterPosition`, before the notifications that were missed. */
      'notification:resumed': { readonly position: string; readonly skipped?: true }
      /** The number of unread notifications in the app; sent on connection too. */
      'notification:unread-count': { readonly count: number; readonly position: string }
    }
  }
  '/inventory': {
    requests: {
      /** Subscribe to the pieces of a product; the answer has the current ones. */
      'product:subscribe': { payload: { readonly productId: string }; details: InventoryProductSubscribeDetails }
      /** End the subscription to a product. */
      'product:unsubscribe': { payload: { readonly productId: string }; details: Record<string, never> }
    }
    pushes: {
      /** The current pieces of a product. */
      'stock:changed': InventoryStockChanged
    }
  }
  '/orders': {
    requests: {
      /** Subscribe to an order; the answer has its current status. With `afterPosition`, each later message about its status and steps follows, once and in order. */
      'order:subscribe': { payload: OrdersOrderSubscribe; details: OrdersOrderSubscribeDetails }
      /** End the subscription to an order. */
      'order:unsubscribe': { payload: { readonly orderId: string }; details: Record<string, never> }
    }
    pushes: {
      /** The current status of an order; intermediate statuses may be skipped. */
      'order:status': OrdersOrderStatus
      /** One move of a saga of the order: fulfilment, of products or of a gig, refunds and returns, or delivery. */
      'order:saga-step': OrdersOrderSagaStep
      /** The current status of the payment of an order. */
      'payment:status': OrdersPaymentStatus
      /** The current status of the shipment of an order. */
      'shipment:status': OrdersShipmentStatus
    }
  }
  '/analytics': {
    requests: {
      /** Play a replay: an existing one by its `replayId`, or a new one by its definition. */
      'replay:start': { payload: AnalyticsReplayStart; details: AnalyticsReplayStartDetails }
      /** Pause a replay for all its listeners. */
      'replay:pause': { payload: { readonly replayId: string }; details: AnalyticsReplayPauseDetails }
      /** Resume a replay for all its listeners. */
      'replay:resume': { payload: { readonly replayId: string }; details: AnalyticsReplayPauseDetails }
      /** Stop a replay for all its listeners, for good. */
      'replay:stop': { payload: { readonly replayId: string }; details: AnalyticsReplayPauseDetails }
      /** Leave a replay; other listeners are not affected. */
      'replay:leave': { payload: { readonly replayId: string }; details: Record<string, never> }
      /** Subscribe to new events, of a category, of some types, or of all. */
      'live:subscribe': { payload: AnalyticsLiveSubscribe; details: AnalyticsLiveSubscribeDetails }
      /** End a subscription to events. */
      'live:unsubscribe': { payload: { readonly subscriptionId: string }; details: Record<string, never> }
    }
    pushes: {
      /** The next event of a replay, in the order of the log. */
      'replay:event': AnalyticsReplayEvent
      /** Progress of a replay; at most four times a second, and whenever it is paused or resumed. */
      'replay:progress': AnalyticsReplayProgress
      /** The end of a replay for this client. A failed one can be started again after `position`. */
      'replay:done': AnalyticsReplayDone
      /** A new event; slow clients receive all events as well. */
      'live:event': AnalyticsLiveEvent
      /** The figures of the present day (UTC): as the socket connects, and after changes, at most once a second. */
      'dashboard:update': AnalyticsDashboardUpdate
    }
  }
  '/chat': {
    requests: {
      /** Join a conversation. Every message after `afterPosition`, or after the position of the answer, follows. */
      'conversation:join': { payload: ChatConversationJoin; details: { readonly position: string; readonly skipped?: true } }
      /** Leave a conversation. */
      'conversation:leave': { payload: { readonly conversationId: string }; details: Record<string, never> }
      /** Send a message. */
      'message:send': { payload: ChatMessageSend; details: { readonly id: string; readonly position: string } }
      /** Mark the messages of a conversation as read. */
      'message:read': { payload: ChatMessageRead; details: { readonly position: string } }
      /** Show the other participant that the caller is typing. */
      'typing': { payload: { readonly conversationId: string }; details: Record<string, never> }
    }
    pushes: {
      /** A message of a conversation that the socket has joined. */
      'message:new': ChatMessageNew
      /** The text of a message has changed. Of several changes, the latest text comes with each. */
      'message:edited': ChatMessageEdited
      /** A message was withdrawn, or its sender has left; it has no content any more. */
      'message:withdrawn': ChatMessageWithdrawn
      /** A conversation of the user has begun; sockets join it to receive its messages. */
      'conversation:new': ChatConversationNew
      /** Messages up to a time have reached a participant. */
      'message:delivered': ChatMessageDelivered
      /** A participant has read the messages up to a time. */
      'message:read': ChatMessageDelivered
      /** A participant is typing. */
      'typing': ChatTyping
      /** Whether the other participant of a joined conversation is connected. */
      'presence': { readonly userId: string; readonly online: boolean }
    }
  }
  '/feed': {
    requests: {
      /** Follow the own feed. Every post of it after `afterPosition`, or after the position of the answer, follows. */
      'feed:subscribe': { payload: { readonly afterPosition?: string }; details: { readonly position: string; readonly skipped?: true } }
      /** No longer follow the own feed. */
      'feed:unsubscribe': { payload: Record<string, never>; details: Record<string, never> }
      /** Follow a post that the caller may read. Its changes and comments after `afterPosition`, or after the position of the answer, follow, as long as the caller may read it. */
      'post:subscribe': { payload: FeedPostSubscribe; details: FeedPostSubscribeDetails }
      /** No longer follow a post. */
      'post:unsubscribe': { payload: { readonly postId: string }; details: Record<string, never> }
    }
    pushes: {
      /** A post of the feed that the socket follows. */
      'post:created': FeedPostCreated
      /** A post was edited. Of several changes, the latest text comes with each. */
      'post:updated': FeedPostCreated
      /** A post is gone. */
      'post:deleted': { readonly postId: string; readonly position: string }
      /** The number of likes of a post, after another one: at most four times a second, the latest number always. */
      'post:liked': FeedPostLiked
      /** The number of likes of a post, after one was taken back; as often as `post:liked`, with which it alternates. */
      'post:unliked': FeedPostLiked
      /** A post has another comment. */
      'comment:created': FeedCommentCreated
      /** A comment of a post is gone. Its answers stay. */
      'comment:deleted': FeedCommentDeleted
    }
  }
  '/tasks': {
    requests: {
      /** Subscribe to a task; the answer has its current status. */
      'task:subscribe': { payload: { readonly taskId: string }; details: TasksTaskSubscribeDetails }
      /** End the subscription to a task. */
      'task:unsubscribe': { payload: { readonly taskId: string }; details: Record<string, never> }
    }
    pushes: {
      /** A task was accepted, and will be done. */
      'task:accepted': TasksTaskAccepted
      /** A task is being done. */
      'task:progress': TasksTaskProgress
      /** A task is done. */
      'task:done': TasksTaskAccepted
      /** A task has failed. */
      'task:failed': TasksTaskFailed
    }
  }
  '/ops': {
    requests: {
      /** Subscribe to alerts, services and the lag of read models; the answer has their present state. */
      'ops:subscribe': { payload: Record<string, never>; details: OpsOpsSubscribeDetails }
      /** End the subscription. */
      'ops:unsubscribe': { payload: Record<string, never>; details: Record<string, never> }
    }
    pushes: {
      /** An alert was raised. */
      'alert:raised': OpsAlertRaised
      /** An alert was resolved. */
      'alert:resolved': OpsAlertResolved
      /** An instance of a service has registered. */
      'service:up': OpsOpsSubscribeDetailsService
      /** An instance of a service has deregistered, or sends no heartbeats any more. */
      'service:down': OpsOpsSubscribeDetailsService
      /** How far the read models are behind the log; sent every five seconds. */
      'projection:lag': OpsProjectionLag
    }
  }
}

export type NotificationsNotificationNew = { readonly id: string; readonly userId: string; readonly channel: 'in_app' | 'email' | 'push' | 'sms'; readonly type: string; readonly subject: string; readonly text: string; readonly orderId?: string; readonly postId?: string; readonly marketing?: true; readonly copyOf?: string; readonly status: 'PENDING' | 'DELAYED' | 'SENT' | 'FAILED' | 'SKIPPED'; readonly dueAt?: string; readonly read: boolean; readonly createdAt: string; readonly sentAt?: string; readonly readAt?: string; readonly position: string }

export type InventoryProductSubscribeDetails = { readonly quantity: number; readonly reserved: number; readonly available: number; readonly position: string }

export type InventoryStockChanged = { readonly productId: string; readonly quantity: number; readonly reserved: number; readonly available: number; readonly position: string }

export type OrdersOrderSubscribe = { readonly orderId: string; readonly afterPosition?: string }

export type OrdersOrderSubscribeDetails = { readonly status: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; readonly position: string; readonly skipped?: true }

export type OrdersOrderStatus = { readonly orderId: string; readonly status: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; readonly reason?: string; readonly refunded?: { readonly amount: number; readonly currency: string }; readonly position: string }

export type OrdersOrderSagaStep = { readonly orderId: string; readonly step: string; readonly at: string; readonly position: string }

export type OrdersPaymentStatus = { readonly orderId: string; readonly paymentId: string; readonly status: 'PENDING' | 'AUTHORIZED' | 'COMPLETED' | 'FAILED' | 'VOIDED' | 'REFUND_PENDING' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'REFUND_FAILED'; readonly position: string }

export type OrdersShipmentStatus = { readonly orderId: string; readonly shipmentId: string; readonly status: 'CREATED' | 'DISPATCHED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED' | 'RETURNED' | 'CANCELLED'; readonly tracking?: string; readonly position: string }

export type AnalyticsReplayStartFilter = { readonly categories?: string[]; readonly types?: string[]; readonly stream?: string }

export type AnalyticsReplayStart = { readonly replayId?: string; readonly after?: string; readonly filter?: AnalyticsReplayStartFilter; readonly fromPosition?: string; readonly fromTime?: string; readonly until?: string; readonly speed?: number | 'max'; readonly idempotencyKey?: string }

export type AnalyticsReplayStartDetails = { readonly replayId: string; readonly status: 'RUNNING' | 'PAUSED' | 'STOPPED' | 'COMPLETED'; readonly fromPosition: string; readonly untilPosition: string; readonly speed: number | 'max' }

export type AnalyticsReplayPauseDetails = { readonly status: 'RUNNING' | 'PAUSED' | 'STOPPED' | 'COMPLETED'; readonly position: string }

export type AnalyticsLiveSubscribe = { readonly category?: string; readonly types?: string[]; readonly after?: string }

export type AnalyticsLiveSubscribeDetails = { readonly subscriptionId: string; readonly position: string }

export type AnalyticsReplayEventEvent = { readonly eventId: string; readonly stream: string; readonly type: string; readonly revision: number; readonly position: string; readonly at: string; readonly data: unknown; readonly metadata: unknown }

export type AnalyticsReplayEvent = { readonly replayId: string; readonly event: AnalyticsReplayEventEvent }

export type AnalyticsReplayProgress = { readonly replayId: string; readonly events: number; readonly position: string; readonly untilPosition: string; readonly paused: boolean }

export type AnalyticsReplayDone = { readonly replayId: string; readonly events: number; readonly position: string; readonly outcome: 'completed' | 'stopped' | 'failed' }

export type AnalyticsLiveEvent = { readonly subscriptionId: string; readonly event: AnalyticsReplayEventEvent }

export type AnalyticsDashboardUpdateSale = { readonly day: string; readonly currency: string; readonly amount: number; readonly orders: number }

export type AnalyticsDashboardUpdateStep = { readonly from: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; readonly to: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; readonly orders: number; readonly medianMs: number; readonly meanMs: number }

export type AnalyticsDashboardUpdateFunnel = { readonly view: number; readonly basket: number; readonly order: number; readonly paid: number }

export type AnalyticsDashboardUpdateTopProduct = { readonly productId: string; readonly quantity: number; readonly amounts: { readonly currency: string; readonly amount: number }[] }

export type AnalyticsDashboardUpdateTopGig = { readonly gigId: string; readonly orders: number; readonly amounts: { readonly currency: string; readonly amount: number }[] }

export type AnalyticsDashboardUpdateTop = { readonly products: AnalyticsDashboardUpdateTopProduct[]; readonly gigs: AnalyticsDashboardUpdateTopGig[] }

export type AnalyticsDashboardUpdateActive = { readonly day: { readonly bucket: string; readonly people: number }[]; readonly week: { readonly bucket: string; readonly people: number }[]; readonly month: { readonly bucket: string; readonly people: number }[] }

export type AnalyticsDashboardUpdatePeople = { readonly active: number; readonly new: number; readonly returning: number }

export type AnalyticsDashboardUpdateSellers = { readonly answers: number; readonly medianSeconds?: number }

export type AnalyticsDashboardUpdate = { readonly from: string; readonly to: string; readonly timeZone: string; readonly sales: AnalyticsDashboardUpdateSale[]; readonly ordersByStatus: Readonly<Record<string, number>>; readonly steps: AnalyticsDashboardUpdateStep[]; readonly funnel: AnalyticsDashboardUpdateFunnel; readonly top: AnalyticsDashboardUpdateTop; readonly active: AnalyticsDashboardUpdateActive; readonly people: AnalyticsDashboardUpdatePeople; readonly searches: { readonly total: number; readonly withoutResult: number }; readonly sellers: AnalyticsDashboardUpdateSellers }

export type ChatConversationJoin = { readonly conversationId: string; readonly afterPosition?: string }

export type ChatMessageSend = { readonly conversationId: string; readonly text: string; readonly idempotencyKey?: string }

export type ChatMessageRead = { readonly conversationId: string; readonly idempotencyKey?: string }

export type ChatMessageNew = { readonly id: string; readonly conversationId: string; readonly senderId: string; readonly text?: string; readonly mediaIds?: string[]; readonly sentAt: string; readonly withdrawnAt?: string; readonly position: string }

export type ChatMessageEdited = { readonly id: string; readonly conversationId: string; readonly senderId: string; readonly text?: string; readonly mediaIds?: string[]; readonly sentAt: string; readonly editedAt: string; readonly position: string }

export type ChatMessageWithdrawn = { readonly id: string; readonly conversationId: string; readonly senderId: string; readonly sentAt: string; readonly withdrawnAt: string; readonly position: string }

export type ChatConversationNew = { readonly conversationId: string; readonly position: string }

export type ChatMessageDelivered = { readonly conversationId: string; readonly userId: string; readonly upTo: string; readonly position: string }

export type ChatTyping = { readonly conversationId: string; readonly userId: string }

export type FeedPostSubscribe = { readonly postId: string; readonly afterPosition?: string }

export type FeedPostSubscribeDetails = { readonly position: string; readonly skipped?: true; readonly likeCount: number; readonly commentCount: number }

export type FeedPostCreatedPostMention = { readonly userId: string; readonly start: number; readonly end: number }

export type FeedPostCreatedPostAuthor = { readonly id: string; readonly username?: string; readonly name?: string }

export type FeedPostCreatedPost = { readonly id: string; readonly postId: string; readonly userId: string; readonly content: string; readonly media: { readonly id: string; readonly url: string }[]; readonly tags: string[]; readonly mentions: FeedPostCreatedPostMention[]; readonly likeCount: number; readonly commentCount: number; readonly createdAt: string; readonly editedAt?: string; readonly author: FeedPostCreatedPostAuthor }

export type FeedPostCreated = { readonly post: FeedPostCreatedPost; readonly position: string }

export type FeedPostLiked = { readonly postId: string; readonly likeCount: number; readonly position: string }

export type FeedCommentCreated = { readonly id: string; readonly postId: string; readonly parentId?: string; readonly userId: string; readonly author: FeedPostCreatedPostAuthor; readonly content: string; readonly mentions: FeedPostCreatedPostMention[]; readonly createdAt: string; readonly position: string }

export type FeedCommentDeleted = { readonly id: string; readonly postId: string; readonly parentId?: string; readonly position: string }

export type TasksTaskSubscribeDetails = { readonly status: 'PROCESSING' | 'READY' | 'REJECTED' | 'SCHEDULED' | 'QUEUED' | 'WAITING' | 'RUNNING' | 'RETRYING' | 'COMPLETED' | 'FAILED' | 'SKIPPED' | 'CANCELLED'; readonly runId?: string; readonly reason?: string; readonly position: string }

export type TasksTaskAccepted = { readonly taskId: string; readonly kind: 'media' | 'job'; readonly runId?: string; readonly position: string }

export type TasksTaskProgress = { readonly taskId: string; readonly kind: 'media' | 'job'; readonly runId?: string; readonly position: string; readonly progress: number }

export type TasksTaskFailed = { readonly taskId: string; readonly kind: 'media' | 'job'; readonly runId?: string; readonly position: string; readonly reason: string }

export type OpsOpsSubscribeDetailsAlert = { readonly id: string; readonly rule: string; readonly subject: string; readonly severity: 'warning' | 'critical'; readonly summary: string; readonly state: 'raised' | 'acknowledged'; readonly raisedAt: string }

export type OpsOpsSubscribeDetailsService = { readonly service: string; readonly instance: string; readonly url: string }

export type OpsOpsSubscribeDetailsProjection = { readonly name: string; readonly lagEvents: number; readonly lagSeconds: number; readonly within: number }

export type OpsOpsSubscribeDetails = { readonly alerts: OpsOpsSubscribeDetailsAlert[]; readonly services: OpsOpsSubscribeDetailsService[]; readonly projections: OpsOpsSubscribeDetailsProjection[]; readonly position: string }

export type OpsAlertRaised = { readonly id: string; readonly rule: string; readonly subject: string; readonly severity: 'warning' | 'critical'; readonly summary: string; readonly value: number; readonly threshold: number; readonly at: string; readonly position: string }

export type OpsAlertResolved = { readonly id: string; readonly rule: string; readonly subject: string; readonly severity: 'warning' | 'critical'; readonly summary: string; readonly at: string; readonly position: string }

export type OpsProjectionLag = { readonly projections: OpsOpsSubscribeDetailsProjection[] }
