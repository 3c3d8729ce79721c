/** What an address follows from. */
type Subject = {
  readonly type: string
  readonly orderId?: string
  readonly postId?: string
  /** The user that it is for; pushed messages do not name it. */
  readonly userId?: string
}

/** Addresses of the pages that kinds of notifications are about, where no order or post is named. */
const byType: Readonly<Record<string, string>> = {
  welcome: '/account',
  unread_messages: '/chat',
  follow_requested: '/follow-requests',
  alert_raised: '/desk',
  alert_resolved: '/desk',
  report_completed: '/desk/reports',
  report_failed: '/desk/reports',
  metric_threshold_breached: '/desk/dashboard',
}

/**
 * Returns the address of what a notification is about; undefined where there is no page of it. `public/push-worker.js`, which
 * can import nothing, has the same addresses.
 */
export const notificationAddress = ({
  type,
  orderId,
  postId,
  userId,
}: Subject): string | undefined => {
  if (orderId !== undefined) return `/orders/${encodeURIComponent(orderId)}`
  if (postId !== undefined) return `/posts/${encodeURIComponent(postId)}`
  if (type === 'followed' && userId !== undefined)
    return `/people/${encodeURIComponent(userId)}/followers`
  return Object.hasOwn(byType, type) ? byType[type] : undefined
}
