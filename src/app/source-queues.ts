import type { BoundQueue } from '../platform/messaging/bridge/rabbitmq.ts'

/**
 * Queues of the services that the sources describe, with the events that each subscribes to, by their names there. The
 * sources name no subscriptions of `auth_queue`; closing an account follows from `USER_DELETED`.
 */
export const sourceQueues: readonly BoundQueue[] = [
  { queue: 'auth_queue', keys: ['USER_DELETED'] },
  { queue: 'user_queue', keys: ['USER_REGISTERED'] },
  { queue: 'post_queue', keys: ['USER_DELETED'] },
  { queue: 'media_queue', keys: ['USER_DELETED', 'POST_DELETED', 'POST_CREATED'] },
  {
    queue: 'search_queue',
    keys: [
      'USER_REGISTERED',
      'USER_CREATED',
      'USER_UPDATED',
      'USER_DELETED',
      'POST_CREATED',
      'POST_UPDATED',
      'POST_DELETED',
    ],
  },
]
