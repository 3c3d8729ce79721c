/** One value of an event's data that tells who a person is, or that nobody else may know. */
export type PersonalValue = {
  /** Where it is: the names of fields, and places in arrays. */
  readonly path: readonly (string | number)[]
  readonly value: unknown
  /** What stands there once the person is forgotten: of the same type, so that whoever reads it goes on. */
  readonly placeholder: unknown
}

/** What an event says of one person. */
export type PersonalPart = { readonly person: string; readonly values: readonly PersonalValue[] }

/** Finds what an event's data say of a person; nothing, where they say nothing. */
export type FindPersonal = (id: string, data: unknown) => PersonalPart | undefined
