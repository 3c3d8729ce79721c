import { Type, type Static } from 'typebox'
import { decider, Fields, Id, refuse, saysNo, timeAt, Timestamp } from '#kernel'
import { Reason, RecordedReason, Text, UserId } from '../shared/index.ts'
import { TimeZoneName, zoneOf } from './time-zone.ts'

/** Id of a report. */
export const ReportId = Id('ReportId')
export type ReportId = Static<typeof ReportId>

/** What a report is about. */
export const ReportKind = Type.Enum([
  'sales',
  'orders',
  'products',
  'gigs',
  'people',
  'activity',
  'dashboard',
])
export type ReportKind = Static<typeof ReportKind>

/** Form of a report's file. */
export const ReportFormat = Type.Enum(['csv', 'html', 'parquet'])
export type ReportFormat = Static<typeof ReportFormat>

/** The last whole day, week or month before the request, in the time zone of the report. */
export const ReportPeriod = Type.Enum(['day', 'week', 'month'])

const asked = {
  kind: ReportKind,
  format: ReportFormat,
  timeZone: TimeZoneName,
  requestedBy: UserId,
  /** Whether its requester is notified by mail as well. */
  mail: Type.Optional(Type.Boolean()),
}

/** `from` is the first moment, `to` the first one after it. */
const span = { from: Timestamp, to: Timestamp }

const recorded = Fields({ ...asked, timeZone: Text(1, 64), ...span })

/** The file of a report. Its key in the store of blobs follows from the report. */
const file = {
  /** In bytes. */
  size: Type.Integer({ minimum: 0 }),
  /** SHA-256 in hex. */
  checksum: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** Position of the log that all its figures include. */
  position: Type.String({ pattern: '^[0-9]{1,18}$' }),
}

type Asked = Static<typeof recorded>
type State =
  | { readonly status: 'none' }
  | { readonly status: 'removed' }
  | ({ readonly status: 'requested' | 'failed' } & Asked)
  | ({ readonly status: 'completed'; readonly size: number; readonly checksum: string } & Asked)

const isThere = (
  state: State,
): state is Exclude<State, { readonly status: 'none' } | { readonly status: 'removed' }> =>
  state.status !== 'none' && state.status !== 'removed'

/** A report: requested, then made by a job, as a file. */
export const report = decider({
  name: 'report',
  id: ReportId,

  commands: {
    RequestReport: Fields(
      {
        ...asked,
        from: Type.Optional(Timestamp),
        to: Type.Optional(Timestamp),
        period: Type.Optional(ReportPeriod),
      },
      {
        description:
          'Request a report from one moment up to another one, or of the last whole day, week or month.',
      },
    ),
    CompleteReport: Fields(file, { description: 'Record that its file is stored.' }),
    FailReport: Fields({ reason: Reason }, { description: 'Record that it could not be made.' }),
    RemoveReport: Fields({}, { description: 'Remove it with its file.' }),
  },

  events: {
    ReportRequested: recorded,
    ReportCompleted: Fields({ requestedBy: UserId, kind: ReportKind, ...file }),
    ReportFailed: Fields({ requestedBy: UserId, kind: ReportKind, reason: RecordedReason }),
    ReportRemoved: Fields({ requestedBy: UserId, format: ReportFormat }),
  },

  refusals: {
    NoSuchReport: saysNo.notFound('There is no such report.'),
    UnknownTimeZone: saysNo.invalid('There is no such time zone; use one such as Europe/Berlin.'),
    NoPeriod: saysNo.invalid('A report needs from and to, or a period.'),
    WrongOrder: saysNo.invalid('The end of a report must be after its beginning.'),
  },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    RequestReport: ({ from, to, period, ...data }, { status }, { now }) => {
      if (status !== 'none') return []
      const zone = zoneOf(data.timeZone)
      if (!zone) return refuse('UnknownTimeZone')
      const end = period === undefined ? undefined : zone.startOf(period, Date.parse(now))
      const times =
        period === undefined || end === undefined
          ? { from, to }
          : { from: timeAt(zone.startOf(period, end - 1)), to: timeAt(end) }
      if (times.from === undefined || times.to === undefined) return refuse('NoPeriod')
      if (Date.parse(times.from) >= Date.parse(times.to)) return refuse('WrongOrder')
      return [{ type: 'ReportRequested', data: { ...data, from: times.from, to: times.to } }]
    },
    CompleteReport: (data, state) => {
      if (state.status === 'none') return refuse('NoSuchReport')
      if (state.status !== 'requested') return []
      const { requestedBy, kind } = state
      return [{ type: 'ReportCompleted', data: { requestedBy, kind, ...data } }]
    },
    FailReport: ({ reason }, state) => {
      if (state.status === 'none') return refuse('NoSuchReport')
      if (state.status !== 'requested') return []
      const { requestedBy, kind } = state
      return [{ type: 'ReportFailed', data: { requestedBy, kind, reason } }]
    },
    RemoveReport: (_, state) => {
      if (state.status === 'none') return refuse('NoSuchReport')
      if (state.status === 'removed') return []
      const { requestedBy, format } = state
      return [{ type: 'ReportRemoved', data: { requestedBy, format } }]
    },
  },

  evolve: {
    ReportRequested: (_, data) => ({ status: 'requested', ...data }),
    ReportCompleted: (state, { size, checksum }) =>
      isThere(state) ? { ...state, status: 'completed', size, checksum } : state,
    ReportFailed: (state) => (isThere(state) ? { ...state, status: 'failed' } : state),
    ReportRemoved: () => ({ status: 'removed' }),
  },
})
