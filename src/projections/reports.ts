import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { report, ReportFormat, ReportId, ReportKind } from '../domains/analytics/language.ts'
import { UserId } from '../domains/shared/index.ts'

/** Reports of analysts, and whether they are made. */
export const reports = projection({
  name: 'reports',
  store: 'mongo',
  within: 10_000,
  document: Fields({
    id: ReportId,
    kind: ReportKind,
    format: ReportFormat,
    from: Timestamp,
    to: Timestamp,
    timeZone: Type.String(),
    requestedBy: UserId,
    status: Type.Enum(['REQUESTED', 'COMPLETED', 'FAILED']),
    requestedAt: Timestamp,
    finishedAt: Type.Optional(Timestamp),
    /** Size of the file in bytes. */
    size: Type.Optional(Type.Integer({ minimum: 0 })),
    reason: Type.Optional(Type.String()),
  }),
  from: [report],
  key: 'id',
  beginsWith: [report],
  indexes: [['requestedAt'], ['status', 'requestedAt']],
}).rules({
  ReportRequested: (_, { id, at, data: { mail: __, ...data } }) => ({
    id,
    ...data,
    status: 'REQUESTED',
    requestedAt: at,
  }),
  ReportCompleted: (document, { at, data: { size } }) =>
    document && { ...document, status: 'COMPLETED', finishedAt: at, size },
  ReportFailed: (document, { at, data: { reason } }) =>
    document && { ...document, status: 'FAILED', finishedAt: at, reason },
  ReportRemoved: () => undefined,
})
