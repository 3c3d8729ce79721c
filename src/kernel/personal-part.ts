/** One personal or secret value of an event's data. */
export type PersonalValue = {
  /** Path in the data: names of fields, and indexes of arrays. */
  readonly path: readonly (string | number)[]
  readonly value: unknown
  /** Replacement once the person's key is destroyed; it matches the same schema, so that readers still work. */
  readonly placeholder: unknown
}

/** Personal values of an event, which concern one person. */
export type PersonalPart = { readonly person: string; readonly values: readonly PersonalValue[] }

/** Finds the personal values in an event's data; undefined when there are none. */
export type FindPersonal = (id: string, data: unknown) => PersonalPart | undefined
