import type { Catalogue } from '#kernel'
import type { Control } from '../platform/messaging/control/port.ts'
import type { ConsumerGroups, GroupSummary } from '../platform/messaging/consumer-groups/port.ts'
import type { Operations } from './operations.ts'

/** Adds up two groups of one name, on streams that are masked alike. */
const asOne = (one: GroupSummary, other: GroupSummary): GroupSummary => ({
  ...one,
  view: one.view === other.view ? one.view : 'full',
  checkpoint: one.checkpoint < other.checkpoint ? one.checkpoint : other.checkpoint,
  parked: one.parked + other.parked,
  replaying: one.replaying + other.replaying,
})

/**
 * The operators' side of the groups of consumers, whichever process leads them.
 * @param deps.groups their store; by default there are none
 */
export const operateGroups = ({
  groups,
  control,
  catalogue,
}: {
  readonly groups: Pick<ConsumerGroups, 'summaries' | 'requestReplay'> | undefined
  readonly control: Pick<Control, 'announce'>
  readonly catalogue: Pick<Catalogue, 'streamTold'>
}): Pick<Operations, 'consumerGroups' | 'replayParked'> => ({
  consumerGroups: async () => {
    const all = (await groups?.summaries()) ?? []
    const shown = all.map((group) => ({ ...group, source: catalogue.streamTold(group.source) }))
    const named = Map.groupBy(shown, ({ source, name }) => JSON.stringify([source, name]))
    return Array.from(named.values(), (alike) => alike.reduce(asOne))
  },
  replayParked: async ({ source, name }, limit) => {
    if (!groups) return undefined
    // Streams whose names are masked have one name: the groups of this name on all of them are meant.
    const meant = (await groups.summaries()).filter(
      (group) => group.name === name && catalogue.streamTold(group.source) === source,
    )
    let replayed: number | undefined
    for (const group of meant) {
      const left = limit === undefined ? undefined : limit - (replayed ?? 0)
      const marked = await groups.requestReplay(group, left)
      if (marked !== undefined) replayed = (replayed ?? 0) + marked
    }
    if (replayed) await control.announce()
    return replayed
  },
})
