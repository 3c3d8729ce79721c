import { Type } from 'typebox'
import { Fields } from '#kernel'
import { ReplayFilter, ReplayId, ReplaySpeed, ReplayStatus } from '../language.ts'
import { LogEvent } from '../../../platform/storage/event-log/masked-event.ts'
import { ask, Position, tell } from '../../../serving/channel.ts'

const ReplayRef = Fields({ replayId: ReplayId })

/** A place in the log, as clients name it. */
const Place = (description: string) =>
  Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$', description }))

const SubscriptionId = Type.String({ format: 'uuid' })
const LiveRef = Fields({ subscriptionId: SubscriptionId })
const Name = Type.String({ pattern: '^[A-Za-z0-9]{1,100}$' })

const Steered = Fields({ status: ReplayStatus, position: Position })

/** How far a replay has been played to one client. */
const played = {
  replayId: ReplayId,
  events: Type.Integer({ minimum: 0, description: 'Events sent to this client so far' }),
  position: Type.String({ description: 'Up to where the log has been played' }),
}

/** The questions of analysts. */
export const client = {
  'replay:start': ask(
    'Hear a replay: one that there is, by its `replayId`, or a new one, by what it is to play.',
    Fields({
      replayId: Type.Optional(ReplayId),
      after: Place('Go on behind this position, that of the last event heard'),
      filter: Type.Optional(ReplayFilter),
      fromPosition: Place('The first position wanted'),
      fromTime: Type.Optional(
        Type.String({
          maxLength: 50,
          description: 'Only what was recorded then or later, ISO 8601',
        }),
      ),
      until: Type.Optional(
        Type.String({
          maxLength: 50,
          description: 'The last position or moment wanted. Default: the end of the log by now',
        }),
      ),
      speed: Type.Optional(ReplaySpeed),
    }),
    Fields({
      replayId: ReplayId,
      status: ReplayStatus,
      fromPosition: Type.String(),
      untilPosition: Type.String(),
      speed: ReplaySpeed,
    }),
  ),
  'replay:pause': ask('Let a replay rest, for everyone who listens.', ReplayRef, Steered),
  'replay:resume': ask('Let a replay go on, for everyone who listens.', ReplayRef, Steered),
  'replay:stop': ask('End a replay for everyone who listens, for good.', ReplayRef, Steered),
  'replay:leave': ask('Hear no more of a replay; others do.', ReplayRef),
  'live:subscribe': ask(
    'Hear of events of a category, or of some types, as they are recorded; of all, where nothing is named.',
    Fields({
      category: Type.Optional(Name),
      types: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 50, uniqueItems: true })),
      after: Place('Begin behind this position. Default: the end of the log by now'),
    }),
    Fields({ subscriptionId: SubscriptionId, position: Position }),
  ),
  'live:unsubscribe': ask('Hear no more of these events.', LiveRef),
}

/** The messages that analysts receive. */
export const server = {
  'replay:event': tell(
    'The next event of a replay, in the order of the log.',
    Fields({ replayId: ReplayId, event: LogEvent }),
  ),
  'replay:progress': tell(
    'How far a replay is; four times a second at the most, and whenever it is paused or goes on.',
    Fields({
      ...played,
      untilPosition: Type.String(),
      paused: Type.Boolean(),
    }),
  ),
  'replay:done': tell(
    'A replay is over for this client. One that failed can be started again behind `position`.',
    Fields({ ...played, outcome: Type.Enum(['completed', 'stopped', 'failed']) }),
  ),
  'live:event': tell(
    'An event that was just recorded; none is left out, however slow the client.',
    Fields({ subscriptionId: SubscriptionId, event: LogEvent }),
  ),
}
