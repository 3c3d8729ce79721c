import { Type, type Static } from 'typebox'
import { Fields, Timestamp } from '#kernel'
import { ask, Position, tell } from '../../../serving/channel.ts'
import { AlertId, Severity } from '../language.ts'

const about = {
  id: AlertId,
  rule: Type.String(),
  subject: Type.String(),
  severity: Severity,
  summary: Type.String(),
}

const Instance = Fields({
  service: Type.String({ description: 'A context, or a role of processes' }),
  instance: Type.String({ description: 'Id of the instance' }),
  url: Type.String(),
})
/** An instance of a service. */
export type ServiceInstance = Static<typeof Instance>

const Lag = Fields({
  name: Type.String(),
  lagEvents: Type.Integer({ minimum: 0 }),
  lagSeconds: Type.Number({ minimum: 0 }),
  within: Type.Integer({ minimum: 0, description: 'Promised maximum of the lag, in ms' }),
})

const Lags = Type.Array(Lag)

/** Messages that admins send. */
export const client = {
  'ops:subscribe': ask(
    'Subscribe to alerts, services and the lag of read models; the answer has their present state.',
    Fields({}),
    Fields({
      alerts: Type.Array(
        Fields({ ...about, state: Type.Enum(['raised', 'acknowledged']), raisedAt: Timestamp }),
        { description: 'Alerts that are not resolved, the latest first' },
      ),
      services: Type.Array(Instance),
      projections: Lags,
      position: Position,
    }),
  ),
  'ops:unsubscribe': ask('End the subscription.', Fields({})),
}

/** Messages that admins receive. */
export const server = {
  'alert:raised': tell(
    'An alert was raised.',
    Fields({
      ...about,
      value: Type.Number(),
      threshold: Type.Number(),
      at: Timestamp,
      position: Position,
    }),
    ['AlertRaised'],
  ),
  'alert:resolved': tell(
    'An alert was resolved.',
    Fields({ ...about, at: Timestamp, position: Position }),
    ['AlertResolved'],
  ),
  'service:up': tell('An instance of a service has registered.', Instance),
  'service:down': tell(
    'An instance of a service has deregistered, or sends no heartbeats any more.',
    Instance,
  ),
  'projection:lag': tell(
    'How far the read models are behind the log; sent every five seconds.',
    Fields({ projections: Lags }),
  ),
}
