import { bell } from '../event-log/follow.ts'
import type { DocumentStore } from '../documents/port.ts'
import { NotCaughtUp } from './reading.ts'

/** How often the position of a read model that another process runs is asked for while someone waits, in ms. */
const pollEvery = 20

/** Knows how far each read model has come, and lets others wait for that. */
export type Progress = {
  /** Said by those who run a projection here, after what they wrote is durable. */
  readonly moved: (name: string, position: bigint) => void
  /** Said when other documents answer in the place of those that did, at whatever position. */
  readonly replaced: (name: string) => void
  /** How often that was said here. */
  readonly replacements: (name: string) => number
  /** Said when a projection is no longer run here. */
  readonly left: (name: string) => void
  /** How far a read model has come, here or elsewhere. */
  readonly positionOf: (name: string) => Promise<bigint>
  /**
   * Waits until a read model has reached a position.
   * @param patience in ms
   * @returns where it stands then
   * @throws NotCaughtUp when that takes longer
   */
  readonly reach: (name: string, position: bigint, patience?: number) => Promise<bigint>
}

/** @param documents asked for the positions of what other processes run */
export const progress = (documents: Pick<DocumentStore, 'positions'>): Progress => {
  const here = new Map<string, bigint>()
  const replacements = new Map<string, number>()
  const news = bell()

  const positionOf = async (name: string): Promise<bigint> =>
    here.get(name) ?? (await documents.positions([name])).get(name) ?? 0n

  return {
    moved: (name, position) => {
      here.set(name, position)
      news.ring()
    },
    replaced: (name) => void replacements.set(name, (replacements.get(name) ?? 0) + 1),
    replacements: (name) => replacements.get(name) ?? 0,
    left: (name) => {
      here.delete(name)
      // Those who wait look elsewhere from now on.
      news.ring()
    },
    positionOf,
    reach: async (name, position, patience = 5_000) => {
      const until = performance.now() + patience
      for (;;) {
        const wait = news.listen()
        const at = await positionOf(name)
        if (at >= position) return at
        const left = until - performance.now()
        if (left <= 0)
          throw new NotCaughtUp(`${name} is at ${at} and has not reached ${position} yet`)
        await wait(here.has(name) ? left : Math.min(left, pollEvery))
      }
    },
  }
}
