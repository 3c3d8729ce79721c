/** What is known of somebody, to be looked for. */
export type Sought = {
  readonly person: string
  /** Texts that are theirs alone: addresses. */
  readonly addresses: readonly string[]
  /** Texts that others may have as well, a name for one: they tell of somebody beside their id only. */
  readonly texts: readonly string[]
}

/**
 * What must not stand before an address, and what not after it, as in both kinds of regular expressions: it would be
 * another one. `\n` ends a line in JSON.
 */
export const borders = [
  String.raw`(^|[^a-z0-9._%+-]|\\[bfnrt])`,
  String.raw`($|[^a-z0-9.-]|[.]($|[^a-z0-9]))`,
] as const

/** Whether a text has an address in it, and not only one that it is a part of. */
export const hasAddress = (address: string): ((text: string) => boolean) => {
  const lower = address.toLowerCase()
  const whole = new RegExp(`${borders[0]}${RegExp.escape(lower)}${borders[1]}`)
  return (text) => {
    const searched = text.toLowerCase()
    return searched.includes(lower) && whole.test(searched)
  }
}

/** Whether a text tells of somebody: by an address of theirs, or by their id together with something else of theirs. */
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
      (text.includes(person) && beside.some((said) => lower.includes(said)))
    )
  }
}
