import type { Scratch } from './port.ts'

const byBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other))

/** Values in the memory of one process: for tests, and for computations that are small. */
export const memoryScratch = (): Scratch => {
  const spaces = new Map<string, Map<string, string>>()
  const spaceOf = (name: string): Map<string, string> => {
    const space = spaces.get(name) ?? new Map<string, string>()
    spaces.set(name, space)
    return space
  }
  const valueOf = (json: string | undefined): unknown =>
    json === undefined ? undefined : JSON.parse(json)

  function* entries(space: string): Generator<readonly [string, unknown]> {
    const values = spaceOf(space)
    for (const key of [...values.keys()].toSorted(byBytes)) {
      const json = values.get(key)
      if (json !== undefined) yield [key, JSON.parse(json)]
    }
  }

  return {
    get: (space, key) => valueOf(spaceOf(space).get(key)),
    set: (space, key, value) => void spaceOf(space).set(key, JSON.stringify(value)),
    delete: (space, key) => spaceOf(space).delete(key),
    first: (space) => entries(space).next().value ?? undefined,
    entries,
    close: () => spaces.clear(),
  }
}
