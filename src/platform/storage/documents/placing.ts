/** Collects the values of a statement: `place` adds one with its SQL type, and returns its placeholder. */
export const placing = () => {
  const values: unknown[] = []
  return {
    values,
    place: (value: unknown, type: string): string => `$${values.push(value)}::${type}`,
  }
}

/** Adds a value to a statement. */
export type Place = ReturnType<typeof placing>['place']
