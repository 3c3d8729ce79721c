/** Returns whether a file is of a kind that a field takes, as in the `accept` of an input. */
export const isAccepted = (accept: string, { type, name }: Pick<File, 'type' | 'name'>): boolean =>
  accept
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .some((one) => {
      if (one.startsWith('.')) return name.toLowerCase().endsWith(one)
      if (one.endsWith('/*')) return type.startsWith(one.slice(0, -1))
      return one === type || one === '*' || one === ''
    })
