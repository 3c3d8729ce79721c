import type { Catalogue } from '#kernel'
import type { Control } from '../platform/messaging/control/port.ts'
import type { ConsumerGroups } from '../platform/messaging/consumer-groups/port.ts'
import type { Operations } from './operations.ts'

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
    return all.map((group) => ({ ...group, source: catalogue.streamTold(group.source) }))
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
