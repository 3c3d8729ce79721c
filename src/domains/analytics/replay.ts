import { Type, type Static } from 'typebox'
import { decider, Fields, Id, Nothing, refuse, Timestamp, saysNo } from '#kernel'
import { UserId } from '../shared/index.ts'

/** One replay of a part of the log. */
export const ReplayId = Id('ReplayId')
export type ReplayId = Static<typeof ReplayId>

/** Some names, each once. */
const Names = Type.Array(Type.String({ pattern: '^[A-Za-z0-9]{1,100}$' }), {
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
})

/** Which events are played; all, where nothing is named. */
export const ReplayFilter = Fields({
  categories: Type.Optional(Names),
  types: Type.Optional(Names),
  stream: Type.Optional(
    Type.String({ pattern: '^[A-Za-z0-9]+-[^\\u0000\\ud800-\\udfff]+$', maxLength: 300 }),
  ),
})
export type ReplayFilter = Static<typeof ReplayFilter>

/** So many times as fast as it happened; `max`: as fast as who listens takes it. */
export const ReplaySpeed = Type.Union([
  Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 }),
  Type.Literal('max'),
])
export type ReplaySpeed = Static<typeof ReplaySpeed>

/** Where a replay stands: whether it has been played to the end once, and whether those who play it now rest. */
export const ReplayStatus = Type.Enum(['RUNNING', 'PAUSED', 'STOPPED', 'COMPLETED'])
export type ReplayStatus = Static<typeof ReplayStatus>

const Position = Type.String({ pattern: '^[0-9]{1,18}$' })

/** Which part of the log, both ends included, and how fast. It means the same events whenever it is played. */
const definition = {
  filter: ReplayFilter,
  fromPosition: Position,
  untilPosition: Position,
  /** Only what was recorded then or later. */
  fromTime: Type.Optional(Timestamp),
  /** Only what was recorded then or earlier. */
  untilTime: Type.Optional(Timestamp),
  speed: ReplaySpeed,
}
const Definition = Fields(definition)
type Definition = Static<typeof Definition>

/** How far it was played when it was first played to the end, and how many events were told to who heard it all. */
const Played = Fields(
  { events: Type.Optional(Type.Integer({ minimum: 0 })), lastPosition: Position },
  { description: 'Record that it was played to the end.' },
)

type State =
  | { readonly status: 'new' }
  | (Definition & {
      readonly status: 'playing' | 'paused' | 'stopped'
      readonly completed: boolean
      readonly startedBy: UserId
    })

/**
 * A part of the log that is played again to whoever listens. It is a definition that lasts: everyone who listens hears
 * it from the start at their own pace, also after it was completed; to pause and resume it is to do so for all of them.
 * Once stopped it is played to nobody.
 */
export const replay = decider({
  name: 'replay',
  id: ReplayId,

  commands: {
    StartReplay: Fields(
      { ...definition, startedBy: UserId },
      { description: 'Define a replay, and let it be played.' },
    ),
    PauseReplay: Fields({}, { description: 'Pause the replay for all its listeners.' }),
    ResumeReplay: Fields({}, { description: 'Resume the replay for all its listeners.' }),
    StopReplay: Fields({}, { description: 'End the replay for all its listeners, for good.' }),
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
      // Others who listen may come to the end later, or after it was stopped.
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
