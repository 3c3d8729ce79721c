import type { AnyDecider, Message } from '#kernel'

type Shape = {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
}

type Data = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {}

/** A command that may have led to events. @property fields the number of its fields that are in the events */
type Candidate = { readonly command: Message; readonly fields: number }

/**
 * Returns the data of a command from fields of the same name: in the events, and, for a required one, in the state before them.
 * @param withOptional whether optional fields are taken from the events
 * @returns undefined where a required field is in neither
 */
const dataFrom = (
  { properties = {}, required = [] }: Shape,
  given: Data,
  state: Data,
  withOptional: boolean,
): { readonly data: Data; readonly fields: number } | undefined => {
  const data: Record<string, unknown> = {}
  let fields = 0
  for (const name of Object.keys(properties)) {
    const isRequired = required.includes(name)
    if (given[name] !== undefined && (isRequired || withOptional)) {
      data[name] = given[name]
      fields += 1
    } else if (isRequired) {
      if (state[name] === undefined) return undefined
      data[name] = state[name]
    }
  }
  return { data, fields }
}

/**
 * Returns the commands that may have led to events, as the log does not hold commands: of each command of the decider one, with
 * data from fields of the same name. Whether one did is for the rules to say.
 * @param state of the stream before the events
 * @returns the most specific first
 */
export const candidates = (
  { commands }: Pick<AnyDecider, 'commands'>,
  state: unknown,
  events: readonly Message[],
): readonly (readonly Message[])[] => {
  const given: Data = Object.assign({}, ...events.map(({ data }) => fieldsOf(data)).toReversed())
  const before = fieldsOf(state)
  return Object.entries(commands)
    .flatMap(([type, schema]) => {
      const found = [true, false].flatMap((withOptional): readonly Candidate[] => {
        const one = dataFrom(schema as Shape, given, before, withOptional)
        return one ? [{ command: { type, data: one.data }, fields: one.fields }] : []
      })
      const [whole, bare] = found
      if (!whole || !bare) return []
      // The bare one is for events with a field of that name that means something else.
      return [{ ...whole, variants: bare.fields === whole.fields ? [whole] : [whole, bare] }]
    })
    .toSorted((one, other) => other.fields - one.fields)
    .map(({ variants }) => variants.map(({ command }) => command))
}
