import {
  mostGroups,
  StaleTerm,
  type ConsumerGroups,
  type GroupDefinition,
  type GroupKey,
  type GroupProgress,
  type GroupSummary,
  type LeaderAddress,
  type ParkedMessage,
  type StoredGroup,
} from './port.ts'

type Held = {
  readonly key: GroupKey
  definition: GroupDefinition
  progress: GroupProgress
  hasSaved: boolean
  readonly parked: Map<bigint, ParkedMessage & { readonly isReplaying: boolean }>
}

const byPlace = (a: ParkedMessage, b: ParkedMessage): number =>
  a.place < b.place ? -1 : a.place > b.place ? 1 : 0

const startingAt = (checkpoint: bigint): GroupProgress => ({ checkpoint, ahead: [], retries: [] })

/** Consumer groups in the memory of one process. */
export const memoryConsumerGroups = (): ConsumerGroups => {
  const groups = new Map<string, Held>()
  let term = 0n
  let address: LeaderAddress | undefined
  const idOf = ({ source, name }: GroupKey) => JSON.stringify([source, name])
  const checkTerm = (given: bigint): void => {
    if (given !== term) throw new StaleTerm()
  }
  const stored = ({ key, definition, progress, parked }: Held): StoredGroup => ({
    ...key,
    ...definition,
    progress,
    parked: [...parked.values()].filter(({ isReplaying }) => !isReplaying).length,
  })
  const messagesOf = (held: Held | undefined, replaying: boolean): readonly ParkedMessage[] =>
    [...(held?.parked.values() ?? [])]
      .filter(({ isReplaying }) => isReplaying === replaying)
      .map(({ place, retries, reason }) => ({ place, retries, reason }))
      .toSorted(byPlace)

  const replay = (held: Held | undefined, limit = Infinity): readonly ParkedMessage[] => {
    const chosen = messagesOf(held, false).slice(0, limit)
    for (const one of chosen) held?.parked.set(one.place, { ...one, isReplaying: true })
    return chosen
  }

  return {
    lead: async (given) => {
      address = given
      term += 1n
      return term
    },
    leader: async () => address,
    create: async (given, { source, name }, definition, checkpoint) => {
      checkTerm(given)
      const id = idOf({ source, name })
      if (groups.has(id)) return 'exists'
      if (groups.size >= mostGroups) return 'full'
      groups.set(id, {
        key: { source, name },
        definition,
        progress: startingAt(checkpoint),
        hasSaved: false,
        parked: new Map(),
      })
      return 'created'
    },
    update: async (given, key, { startFrom, settings }, checkpoint) => {
      checkTerm(given)
      const held = groups.get(idOf(key))
      if (!held) return false
      held.definition = { ...held.definition, startFrom, settings }
      if (!held.hasSaved) held.progress = startingAt(checkpoint)
      return true
    },
    remove: async (given, key) => {
      checkTerm(given)
      return groups.delete(idOf(key))
    },
    find: async (key) => {
      const held = groups.get(idOf(key))
      return held && stored(held)
    },
    list: async () =>
      [...groups.values()].map(stored).toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1)),
    summaries: async () =>
      [...groups.values()]
        .map((held): GroupSummary => {
          const { key, definition, progress } = held
          return {
            ...key,
            view: definition.view,
            strategy: definition.settings.strategy,
            checkpoint: progress.checkpoint,
            parked: messagesOf(held, false).length,
            replaying: messagesOf(held, true).length,
          }
        })
        .toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1)),
    save: async (given, key, { progress, parked, settled }) => {
      checkTerm(given)
      const held = groups.get(idOf(key))
      if (!held) return
      held.progress = progress
      held.hasSaved = true
      for (const place of settled) held.parked.delete(place)
      for (const one of parked) held.parked.set(one.place, { ...one, isReplaying: false })
    },
    replay: async (given, key, limit) => {
      checkTerm(given)
      return replay(groups.get(idOf(key)), limit)
    },
    requestReplay: async (key, limit) => {
      const held = groups.get(idOf(key))
      return held && replay(held, limit).length
    },
    replaying: async (key) => messagesOf(groups.get(idOf(key)), true),
  }
}
