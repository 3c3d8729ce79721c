import { Type, type Static } from 'typebox'
import { decider, Fields, Id, Nothing, refuse, Timestamp, saysNo } from '#kernel'
import { UserId } from '../shared/index.ts'

/** Id of a replay. */
export const ReplayId = Id('ReplayId')
export type ReplayId = Static<typeof ReplayId>

/** Unique names. */
const Names = Type.Array(Type.String({ pattern: '^[A-Za-z0-9]{1,100}$' }), {
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
})

/** Filter of the played events; all, when empty. */
export const ReplayFilter = Fields({
  categories: Type.Optional(Names),
  types: Type.Optional(Names),
  stream: Type.Optional(
    Type.String({ pattern: '^[A-Za-z0-9]+-[^\\u0000\\ud800-\\udfff]+$', maxLength: 300 }),
  ),
})
export type ReplayFilter = Static<typeof ReplayFilter>

/** Multiple of the original speed; `max`: as fast as the listener accepts events. */
export const ReplaySpeed = Type.Union([
  Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 }),
  Type.Literal('max'),
])
export type ReplaySpeed = Static<typeof ReplaySpeed>

/** Status of a replay: running, paused or stopped for all listeners, or completed once. */
export const ReplayStatus = Type.Enum(['RUNNING', 'PAUSED', 'STOPPED', 'COMPLETED'])
export type ReplayStatus = Static<typeof ReplayStatus>

const Position = Type.String({ pattern: '^[0-9]{1,18}$' })

/** Part of the log, both ends included, and speed. The events are the same whenever it is played. */
const definition = {
  filter: ReplayFilter,
  fromPosition: Position,
  untilPosition: Position,
  /** Only events recorded at this time or later. */
  fromTime: Type.Optional(Timestamp),
  /** Only events recorded at this time or earlier. */
  untilTime: Type.Optional(Timestamp),
  speed: ReplaySpeed,
}
const Definition = Fields(definition)
type Definition = Static<typeof Definition>

/** Last position of the first completed play, and its number of events if the listener received all. */
const Played = Fields(
  { events: Type.Optional(Type.Integer({ minimum: 0 })), lastPosition: Position },
  { description: 'Record the completion of the replay.' },
)

type State =
  | { readonly status: 'new' }
  | (Definition & {
      readonly status: 'playing' | 'paused' | 'stopped'
      readonly completed: boolean
      readonly startedBy: UserId
    })

/**
 * Definition of a replay of a part of the log. Every listener receives it from the start at its own pace, also after it
 * was completed; pausing and resuming apply to all listeners. A stopped replay cannot be played.
 */
export const replay = decider({
  name: 'replay',
  id: ReplayId,

  commands: {
    StartReplay: Fields(
      { ...definition, startedBy: UserId },
      { description: 'Define and start a replay.' },
    ),
    PauseReplay: Fields({}, { description: 'Pause the replay for all its listeners.' }),
    ResumeReplay: Fields({}, { description: 'Resume the replay for all its listeners.' }),
    StopReplay: Fields({}, { description: 'Stop the replay for all its listeners, for good.' }),
    CompleteReplay: Played,
  },

  events: {
    ReplayStarted: Fields({ ...definition, startedBy: UserId }),
    ReplayPaused: Nothing,
    ReplayResumed: Nothing,
    ReplayStopped: Nothing,
    ReplayCompleted: Fields(Played.properties),
  },

  refusals: {
    NoSuchReplay: saysNo.notFound('There is no such replay.'),
    ReplayStopped: 'This replay was stopped; start another one.',
  },
}).rules<State>({
  initialState: { status: 'new' },

  decide: {
    StartReplay: (data, { status }) => (status === 'new' ? [{ type: 'ReplayStarted', data }] : []),
    PauseReplay: (_, { status }) => {
      if (status === 'new') return refuse('NoSuchReplay')
      if (status === 'stopped') return refuse('ReplayStopped')
      return status === 'paused' ? [] : [{ type: 'ReplayPaused', data: {} }]
    },
    ResumeReplay: (_, { status }) => {
      if (status === 'new') return refuse('NoSuchReplay')
      if (status === 'stopped') return refuse('ReplayStopped')
      return status === 'paused' ? [{ type: 'ReplayResumed', data: {} }] : []
    },
    StopReplay: (_, { status }) => {
      if (status === 'new') return refuse('NoSuchReplay')
      return status === 'stopped' ? [] : [{ type: 'ReplayStopped', data: {} }]
    },
    CompleteReplay: (data, state) => {
      if (state.status === 'new') return refuse('NoSuchReplay')
      // Other listeners may reach the end later, or after the stop.
      if (state.status === 'stopped' || state.completed) return []
      return [{ type: 'ReplayCompleted', data }]
    },
  },

  evolve: {
    ReplayStarted: (_, data) => ({ ...data, status: 'playing', completed: false }),
    ReplayPaused: (state) => became(state, 'paused'),
    ReplayResumed: (state) => became(state, 'playing'),
    ReplayStopped: (state) => became(state, 'stopped'),
    ReplayCompleted: (state) => (state.status === 'new' ? state : { ...state, completed: true }),
  },
})

const became = (state: State, status: 'playing' | 'paused' | 'stopped'): State =>
  state.status === 'new' ? state : { ...state, status }
