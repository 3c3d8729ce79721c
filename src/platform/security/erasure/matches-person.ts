/** Data of a person that an erasure searches for. */
export type Sought = {
  /** The person's id. */
  readonly person: string
  /** Texts that identify the person by themselves: addresses. */
  readonly addresses: readonly string[]
  /** Texts that others may share, such as a name: they match beside the person's id only. */
  readonly texts: readonly string[]
}

/**
 * Borders of an address, before and after it, valid as regular expressions of JavaScript and of PostgreSQL: without them a
 * longer address would match. `\n` and its like are escapes of JSON.
 */
export const borders = [
  String.raw`(^|[^a-z0-9._%+-]|\\[bfnrt])`,
  String.raw`($|[^a-z0-9.-]|[.]($|[^a-z0-9]))`,
] as const

/** Whether a text contains an address, and not only a longer one of which the address is a part. */
export const hasAddress = (address: string): ((text: string) => boolean) => {
  const lower = address.toLowerCase()
  const whole = new RegExp(`${borders[0]}${RegExp.escape(lower)}${borders[1]}`)
  return (text) => {
    const searched = text.toLowerCase()
    return searched.includes(lower) && whole.test(searched)
  }
}

/** Whether a text contains data of a person: one of their addresses, or their id together with another of their texts. */
export const matchesPerson = ({
  person,
  addresses,
  texts,
}: Sought): ((text: string) => boolean) => {
  const alone = addresses.map(hasAddress)
  const beside = texts.map((text) => text.toLowerCase())
  return (text) => {
    const lower = text.toLowerCase()
    return (
      alone.some((isIn) => isIn(lower)) ||
      (text.includes(person) && beside.some((shared) => lower.includes(shared)))
    )
  }
}
