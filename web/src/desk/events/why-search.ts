/** The document that is explained, as the address says. */
export type WhySearch = {
  /** Name of a read model. */
  readonly model?: string
  readonly key?: string
  /** The last position that is folded; default: the head of the log. */
  readonly at?: string
}

const textIn = (value: unknown, pattern: RegExp): string | undefined => {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && pattern.test(text) ? text : undefined
}

/** Reads which document an address asks about; what it does not know is left out. */
export const whySearch = (given: Readonly<Record<string, unknown>>): WhySearch => {
  const model = textIn(given['model'], /^[a-z][a-z0-9_]{0,62}$/)
  const key = textIn(given['key'], /^.{1,300}$/u)
  const at = textIn(given['at'], /^\d{1,18}$/)
  return {
    ...(model !== undefined && { model }),
    ...(key !== undefined && { key }),
    ...(at !== undefined && { at }),
  }
}
