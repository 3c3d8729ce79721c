import { Type, type Static } from 'typebox'
import type { Declaration } from './decider.ts'
import { markedIn, placeholderOf } from './personal.ts'
import { type FindPersonal } from './personal-part.ts'
import type { AnySaga } from './saga.ts'
import { Fields, marksOf, secret } from './schema.ts'

/** What made a saga move: an event it waited for, the refusal of a command it had sent, or a timer it had set. */
const Input = Fields({
  kind: Type.Enum(['event', 'refusal', 'timer']),
  /** The type of the event, or of the command that was refused or came due. */
  type: Type.String(),
  /** Tells inputs apart: the event's id, or that of the step. One that is known already is not taken twice. */
  id: Type.String(),
  reason: Type.Optional(Type.String()),
})

/** A step as the saga's stream keeps it. */
const RecordedStep = Fields({
  /** Which command it is: resending it under this id has no second effect. */
  id: Type.String(),
  to: Type.String(),
  target: Type.String(),
  type: Type.String(),
  data: secret(Type.Unknown()),
  /** ms */
  wait: Type.Integer(),
})
export type RecordedStep = Static<typeof RecordedStep>

/** One move of a saga: its inbox (the input), where it stands now, and its outbox (the steps). */
export const SagaMoved = Fields({
  input: Input,
  state: secret(Type.Unknown()),
  steps: Type.Array(RecordedStep),
  ended: Type.Boolean(),
  /** Done, until something new comes. */
  resting: Type.Optional(Type.Literal(true)),
  /** Whom the run is about: whoever the first event was about that it was told. */
  person: Type.Optional(Type.String()),
})
export type SagaMoved = Static<typeof SagaMoved>

/** The names of a saga's own events: they say what kind of move it was. */
export const sagaEventTypes = ({ subject }: Pick<AnySaga, 'subject'>) => ({
  started: `${subject}SagaStarted`,
  stepCompleted: `${subject}SagaStepCompleted`,
  compensated: `${subject}SagaCompensated`,
  completed: `${subject}SagaCompleted`,
})

const forgotten = placeholderOf(Type.String())

/**
 * Finds what a saga's events say of a person: the fields of its state that it names, and what the schemas of its
 * commands mark.
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
          placeholder: forgotten,
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

/** Hides whom a saga has sent commands to, where that can be guessed. */
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

/** The events of a saga's own streams, declared like any other's. */
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
