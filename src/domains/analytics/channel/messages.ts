import { Type } from 'typebox'
import { Fields } from '#kernel'
import { ReplayFilter, ReplayId, ReplaySpeed, ReplayStatus } from '../language.ts'
import { LogEvent } from '../../../platform/storage/event-log/masked-event.ts'
import { ask, IdempotencyKey, Position, tell } from '../../../serving/channel.ts'
import { Dashboard } from '../services/dashboard.ts'

const ReplayRef = Fields({ replayId: ReplayId })

/** A position in a client's message. */
const Place = (description: string) =>
  Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$', description }))

const SubscriptionId = Type.String({ format: 'uuid' })
const LiveRef = Fields({ subscriptionId: SubscriptionId })
const Name = Type.String({ pattern: '^[A-Za-z0-9]{1,100}$' })

const Steered = Fields({ status: ReplayStatus, position: Position })

/** Progress of a replay for one client. */
const played = {
  replayId: ReplayId,
  events: Type.Integer({ minimum: 0, description: 'Events sent to this client so far' }),
  position: Type.String({ description: 'Position up to which the log has been played' }),
}

/** Messages that analysts send. */
export const client = {
  'replay:start': ask(
    'Play a replay: an existing one by its `replayId`, or a new one by its definition.',
    Fields({
      replayId: Type.Optional(ReplayId),
      after: Place('Continue after this position, that of the last received event'),
      filter: Type.Optional(ReplayFilter),
      fromPosition: Place('The first position'),
      fromTime: Type.Optional(
        Type.String({
          maxLength: 50,
          description: 'Only events recorded at this time or later, ISO 8601',
        }),
      ),
      until: Type.Optional(
        Type.String({
          maxLength: 50,
          description: 'The last position or time. Default: the current head of the log',
        }),
      ),
      speed: Type.Optional(ReplaySpeed),
      idempotencyKey: IdempotencyKey,
    }),
    Fields({
      replayId: ReplayId,
      status: ReplayStatus,
      fromPosition: Type.String(),
      untilPosition: Type.String(),
      speed: ReplaySpeed,
    }),
  ),
  'replay:pause': ask('Pause a replay for all its listeners.', ReplayRef, Steered),
  'replay:resume': ask('Resume a replay for all its listeners.', ReplayRef, Steered),
  'replay:stop': ask('Stop a replay for all its listeners, for good.', ReplayRef, Steered),
  'replay:leave': ask('Leave a replay; other listeners are not affected.', ReplayRef),
  'live:subscribe': ask(
    'Subscribe to new events, of a category, of some types, or of all.',
    Fields({
      category: Type.Optional(Name),
      types: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 50, uniqueItems: true })),
      after: Place('Start after this position. Default: the current head of the log'),
    }),
    Fields({ subscriptionId: SubscriptionId, position: Position }),
  ),
  'live:unsubscribe': ask('End a subscription to events.', LiveRef),
}

/** Messages that analysts receive. */
export const server = {
  'replay:event': tell(
    'The next event of a replay, in the order of the log.',
    Fields({ replayId: ReplayId, event: LogEvent }),
  ),
  'replay:progress': tell(
    'Progress of a replay; at most four times a second, and whenever it is paused or resumed.',
    Fields({
      ...played,
      untilPosition: Type.String(),
      paused: Type.Boolean(),
    }),
  ),
  'replay:done': tell(
    'The end of a replay for this client. A failed one can be started again after `position`.',
    Fields({ ...played, outcome: Type.Enum(['completed', 'stopped', 'failed']) }),
  ),
  'live:event': tell(
    'A new event; slow clients receive all events as well.',
    Fields({ subscriptionId: SubscriptionId, event: LogEvent }),
  ),
  'dashboard:update': tell(
    'The figures of the present day (UTC): as the socket connects, and after changes, at most once a second.',
    Dashboard,
  ),
}
