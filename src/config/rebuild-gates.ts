/** A gate as a setting has it: the most documents that may differ; undefined to wait for an operator. */
export type SetGate = {
  readonly maxDifferences?: number
  readonly ignoredFields: readonly string[]
}

const maxOf = (rule: string): Pick<SetGate, 'maxDifferences'> => {
  if (rule === 'ask') return {}
  return { maxDifferences: rule === 'any' ? Number.MAX_SAFE_INTEGER : Number(rule) }
}

/**
 * Reads the gates of rebuilds that begin by themselves, by the name of the read model.
 * @param text `orders=0,payments=any,reviews=ask`: a number of documents that may differ, any number, or never by itself
 */
export const rebuildGatesOf = (text: string): ReadonlyMap<string, SetGate> =>
  new Map(
    text.split(',').flatMap((one): [string, SetGate][] => {
      const [name = '', rule = ''] = one.split('=')
      return name === '' ? [] : [[name, { ...maxOf(rule), ignoredFields: [] }]]
    }),
  )
