import { Type, type Static } from 'typebox'
import { decider, derivedId, Fields, Id, refuse, saysNo } from '#kernel'
import { Name, Text, UserId } from '../shared/index.ts'

/** Id of the alert of one rule about one subject. */
export const AlertId = Id('AlertId')
export type AlertId = Static<typeof AlertId>

/** How urgent an alert is: `critical` affects clients now. */
export const Severity = Type.Enum(['warning', 'critical'])
export type Severity = Static<typeof Severity>

/** State of an alert. */
export const AlertState = Type.Enum(['raised', 'acknowledged', 'resolved'])
export type AlertState = Static<typeof AlertState>

const about = {
  /** Name of the rule: `promise-missed`. */
  rule: Type.String({ pattern: '^[a-z][a-z-]*$', maxLength: 50 }),
  severity: Severity,
}

const request = { ...about, subject: Name(1, 300), summary: Name(1, 500) }
const recorded = { ...about, subject: Text(1, 300), summary: Text(1, 500) }
const measured = {
  value: Type.Number({ description: 'The measured value that raised it' }),
  threshold: Type.Number({ description: 'The limit of the rule' }),
}

const Recorded = Fields(recorded)

type State =
  | { readonly status: 'none' }
  | { readonly status: AlertState; readonly about: Static<typeof Recorded> }

/** Returns the id of the alert of a rule about a subject, so that there is one of each. */
export const alertIdOf = (rule: string, subject: string): AlertId =>
  derivedId(AlertId, rule, subject)

/**
 * The alert of one rule about one subject: raised once, acknowledged by an admin, resolved when the cause is gone, and
 * perhaps raised again later.
 */
export const alert = decider({
  name: 'alert',
  id: AlertId,

  commands: {
    RaiseAlert: Fields(
      { ...request, ...measured },
      { description: 'Raise the alert, unless it is raised.' },
    ),
    AcknowledgeAlert: Fields(
      { by: UserId },
      { description: 'Record that an admin takes care of the cause.' },
    ),
    ResolveAlert: Fields({}, { description: 'Record that the cause is gone.' }),
  },

  events: {
    AlertRaised: Fields({ ...recorded, ...measured }),
    AlertAcknowledged: Fields({ by: UserId }),
    AlertResolved: Recorded,
  },

  refusals: {
    NoSuchAlert: saysNo.notFound('There is no such alert.'),
    AlertIsResolved: 'This alert is resolved; there is nothing to acknowledge.',
  },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    RaiseAlert: (data, { status }) =>
      status === 'raised' || status === 'acknowledged' ? [] : [{ type: 'AlertRaised', data }],
    AcknowledgeAlert: (data, { status }) => {
      if (status === 'none') return refuse('NoSuchAlert')
      if (status === 'resolved') return refuse('AlertIsResolved')
      return status === 'acknowledged' ? [] : [{ type: 'AlertAcknowledged', data }]
    },
    ResolveAlert: (_, state) => {
      if (state.status === 'none') return refuse('NoSuchAlert')
      return state.status === 'resolved' ? [] : [{ type: 'AlertResolved', data: state.about }]
    },
  },

  evolve: {
    AlertRaised: (_, { value: _value, threshold: _threshold, ...data }) => ({
      status: 'raised',
      about: data,
    }),
    AlertAcknowledged: (state) => became(state, 'acknowledged'),
    AlertResolved: (state) => became(state, 'resolved'),
  },
})

const became = (state: State, status: AlertState): State =>
  state.status === 'none' ? state : { ...state, status }
