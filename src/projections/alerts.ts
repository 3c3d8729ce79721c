import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { alert, AlertId, AlertState, Severity } from '../domains/observability/language.ts'
import { UserId } from '../domains/shared/index.ts'

/** All alerts, with their last occurrence. */
export const alerts = projection({
  name: 'alerts',
  store: 'postgres',
  within: 5_000,
  document: Fields({
    id: AlertId,
    /** Name of the rule: `promise-missed`. */
    rule: Type.String(),
    /** The read model, store or machine that it is about. */
    subject: Type.String(),
    severity: Severity,
    summary: Type.String(),
    value: Type.Number(),
    threshold: Type.Number(),
    state: AlertState,
    raisedAt: Timestamp,
    acknowledgedAt: Type.Optional(Timestamp),
    acknowledgedBy: Type.Optional(UserId),
    resolvedAt: Type.Optional(Timestamp),
    /** Number of times that it was raised. */
    times: Type.Integer({ minimum: 1 }),
    updatedAt: Timestamp,
  }),
  from: [alert],
  key: 'id',
  indexes: [['updatedAt'], ['state', 'updatedAt']],
}).rules({
  AlertRaised: (document, { id, at, data }) => ({
    id,
    ...data,
    state: 'raised',
    raisedAt: at,
    times: (document?.times ?? 0) + 1,
    updatedAt: at,
  }),
  AlertAcknowledged: (document, { at, data: { by } }) =>
    document && {
      ...document,
      state: 'acknowledged',
      acknowledgedAt: at,
      acknowledgedBy: by,
      updatedAt: at,
    },
  AlertResolved: (document, { at }) =>
    document && { ...document, state: 'resolved', resolvedAt: at, updatedAt: at },
})
