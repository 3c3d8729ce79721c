import { Type, type Static } from 'typebox'
import type { Declaration } from './decider.ts'
import { markedIn, placeholderOf } from './personal.ts'
import { type FindPersonal } from './personal-part.ts'
import type { AnySaga } from './saga.ts'
import { Fields, marksOf, secret } from './schema.ts'

/** Input of a saga's move: an event, the refusal of a command that it sent, or a timer that it set. */
const Input = Fields({
  kind: Type.Enum(['event', 'refusal', 'timer']),
  /** Type of the event, or of the command that was refused or came due. */
  type: Type.String(),
  /** Id of the event or of the step; an input with a recorded id is not processed again. */
  id: Type.String(),
  reason: Type.Optional(Type.String()),
})

/** A step as it is recorded in the saga's stream. */
const RecordedStep = Fields({
  /** Command id: sending the command again under this id has no second effect. */
  id: Type.String(),
  to: Type.String(),
  target: Type.String(),
  type: Type.String(),
  data: secret(Type.Unknown()),
  /** Delay before the command is sent, in ms. */
  wait: Type.Integer(),
})
export type RecordedStep = Static<typeof RecordedStep>

/** One move of a saga: its input, its new state and its outbox (the steps). */
export const SagaMoved = Fields({
  input: Input,
  state: secret(Type.Unknown()),
  steps: Type.Array(RecordedStep),
  ended: Type.Boolean(),
  /** The run is complete for now; its next event resumes it. */
  resting: Type.Optional(Type.Literal(true)),
  /** Person whom the run concerns: the person of the first event that concerns one. */
  person: Type.Optional(Type.String()),
})
export type SagaMoved = Static<typeof SagaMoved>

/** Returns the types of a saga's own events, by kind of move. */
export const sagaEventTypes = ({ subject }: Pick<AnySaga, 'subject'>) => ({
  started: `${subject}SagaStarted`,
  stepCompleted: `${subject}SagaStepCompleted`,
  compensated: `${subject}SagaCompensated`,
  completed: `${subject}SagaCompleted`,
})

const placeholder = placeholderOf(Type.String())

/**
 * Returns a function that finds the personal values of a saga's events: the declared fields of its state, and the fields
 * that the schemas of its commands mark.
 */
const personalOf = ({ to, personal }: Pick<AnySaga, 'to' | 'personal'>): FindPersonal => {
  const inCommands = new Map(
    to.flatMap(({ name, commands }) =>
      Object.entries(commands).map(([type, schema]) => [`${name} ${type}`, markedIn(schema)]),
    ),
  )
  return (_, data) => {
    const { person, state, steps } = data as SagaMoved
    if (person === undefined) return undefined
    const fields = typeof state === 'object' && state !== null ? Object.entries(state) : []
    const values = [
      ...fields
        .filter(([name, value]) => personal.includes(name) && typeof value === 'string')
        .map(([name, value]) => ({
          path: ['state', name],
          value: value as unknown,
          placeholder,
        })),
      ...steps.flatMap(({ to: decider, type, data: sent }, index) =>
        (inCommands.get(`${decider} ${type}`)?.(sent) ?? []).map(({ path, ...found }) => ({
          ...found,
          path: ['steps', index, 'data', ...path],
        })),
      ),
    ]
    return values.length > 0 ? { person, values } : undefined
  }
}

/** Returns a function that masks the targets of a saga's commands, where their ids are guessable; undefined if none is. */
const veilOf = ({ to }: Pick<AnySaga, 'to'>) => {
  const guessed = new Set(to.filter(({ id }) => marksOf(id).guessable).map(({ name }) => name))
  if (guessed.size === 0) return undefined
  return (data: unknown): unknown => {
    const { steps, ...moved } = data as SagaMoved
    return {
      ...moved,
      steps: steps.map((step) => (guessed.has(step.to) ? { ...step, target: '***' } : step)),
    }
  }
}

/** Returns the declaration of a saga's own streams, for the catalogue. */
export const declarationOf = (saga: AnySaga): Declaration => {
  const veil = veilOf(saga)
  const types = Object.values(sagaEventTypes(saga))
  return {
    name: saga.name,
    id: Type.String(),
    commands: {},
    events: Object.fromEntries(types.map((type) => [type, SagaMoved])),
    refusals: {},
    personal: personalOf(saga),
    ...(veil && { veil }),
  }
}
