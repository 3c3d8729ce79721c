// Shows pushed messages and opens what they are about. Registered by the preferences of the account, as `/push-worker.js`;
// it caches nothing. The payload is what `send-push` of the server writes: id, type, title, body, orderId, postId.

/** Addresses by type, as `src/notifications/notification-address.ts` has them. */
const byType = {
  welcome: '/account',
  unread_messages: '/chat',
  follow_requested: '/follow-requests',
  alert_raised: '/desk',
  alert_resolved: '/desk',
  report_completed: '/desk/reports',
  report_failed: '/desk/reports',
  metric_threshold_breached: '/desk/dashboard',
}

const addressOf = ({ type, orderId, postId }) => {
  if (orderId) return `/orders/${encodeURIComponent(orderId)}`
  if (postId) return `/posts/${encodeURIComponent(postId)}`
  return Object.hasOwn(byType, type) ? byType[type] : '/notifications'
}

const payloadOf = (data) => {
  try {
    return data.json()
  } catch {
    // A browser withdraws the permission of a worker that shows nothing.
    return {}
  }
}

self.addEventListener('push', (event) => {
  const { id, title = 'Agora', body = '', ...subject } = event.data ? payloadOf(event.data) : {}
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      icon: '/icon.svg',
      // A repetition replaces the first one.
      ...(id && { tag: id }),
      data: { address: addressOf(subject) },
    }),
  )
})

const open = async (address) => {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const url = new URL(address, self.location.origin).href
  const shown = windows.find((one) => one.url === url)
  return shown ? shown.focus() : self.clients.openWindow(url)
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data.address))
})

// A new version replaces the old one at once: neither holds a state.
self.addEventListener('install', () => self.skipWaiting())
