/** What is known of somebody, to be looked for. */
export type Sought = {
  readonly person: string
  /** Texts that are theirs alone: addresses. */
  readonly addresses: readonly string[]
  /** Texts that others may have as well, a name for one: they tell of somebody beside their id only. */
  readonly texts: readonly string[]
}

/** Whether a text tells of somebody: by an address of theirs, or by their id together with something else of theirs. */
export const tellsOf = ({ person, addresses, texts }: Sought): ((text: string) => boolean) => {
  const alone = addresses.map((text) => text.toLowerCase())
  const beside = texts.map((text) => text.toLowerCase())
  return (text) => {
    const lower = text.toLowerCase()
    const says = (said: string) => lower.includes(said)
    return alone.some(says) || (text.includes(person) && beside.some(says))
  }
}
