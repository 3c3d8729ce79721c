import type { CallerName } from './requests.ts'

/** Routes and messages that are for strangers as well, by the reason. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  'what is on sale is public, and may be bought': [
    'GET /products/:id',
    'GET /inventory/:productId',
    'POST /inventory/check',
    'POST /shipping/quotes',
    'GET /gigs/:id',
    'GET /users/:id/gigs',
    'POST /orders',
    '/inventory product:subscribe',
  ],
  'reviews are public, and anybody may review a product': [
    'POST /reviews',
    'GET /reviews/:id',
    'GET /reviews/product/:productId',
    'GET /reviews/gig/:gigId',
    'GET /users/:id/reviews',
  ],
  'profiles and posts of people who hide neither, such as the seller': [
    'GET /users/:id',
    'GET /users/:id/overview',
    'GET /users/:id/followers',
    'GET /users/:id/following',
    'GET /users/:id/posts',
    'GET /users/:userId/media',
    'GET /posts/:id',
    'GET /posts/:id/comments',
    'POST /posts/:id/comments',
    'POST /posts/:id/like',
    'DELETE /posts/:id/like',
    '/feed post:subscribe',
  ],
  'what strangers do to each other': [
    'POST /users/:id/follow',
    'DELETE /users/:id/follow',
    'POST /users/:id/block',
    'DELETE /users/:id/block',
    'POST /chat/conversations',
  ],
  'rooms that nobody has entered may be left': [
    '/inventory product:unsubscribe',
    '/orders order:unsubscribe',
    '/chat conversation:leave',
    '/feed post:unsubscribe',
    '/tasks task:unsubscribe',
  ],
}

const open = new Set(Object.values(reasons).flat())

/** Routes whose handlers admit analysts beside the owner. */
const openToAnalysts = new Set(['GET /analytics/user/:userId', 'GET /analytics/reports/:id/file'])

/**
 * Whether a stranger may use a route or a message.
 * @param name `GET /users/:id`, `/feed post:subscribe`
 */
export const isOpenTo = (stranger: CallerName, name: string): boolean =>
  open.has(name) || (stranger === 'analyst' && openToAnalysts.has(name))
