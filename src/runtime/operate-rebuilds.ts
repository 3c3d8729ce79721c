import type { AnyProjection } from '#kernel'
import type { Control } from '../platform/messaging/control/port.ts'
import type { DocumentStore, GenerationRecord } from '../platform/storage/documents/port.ts'
import type { Operations, ProjectionStatus } from './operations.ts'

/** Seconds until a generation has caught up, at its pace so far. */
const etaOf = (
  { startedAt, position }: GenerationRecord,
  head: bigint,
  now: number,
): number | undefined => {
  const seconds = (now - Date.parse(startedAt)) / 1_000
  const rate = Number(position) / seconds
  return rate > 0 ? Math.ceil(Number(head - position) / rate) : undefined
}

/** The generation of a read model that is being built, unless an operator has discarded it. */
export const buildingIn = (records: readonly GenerationRecord[]): GenerationRecord | undefined =>
  records.find(({ status, request }) => status === 'building' && request !== 'discard')

/**
 * How far a rebuild is, for operators.
 * @param head of the log
 * @param now ms
 */
export const rebuildStatus = async (
  name: string,
  building: GenerationRecord,
  {
    documents,
    head,
    now,
  }: {
    readonly documents: Pick<DocumentStore, 'report'>
    readonly head: bigint
    readonly now: number
  },
): Promise<NonNullable<ProjectionStatus['rebuild']>> => {
  const { generation, gate, gateState, request } = building
  const progress = { progress: Number(building.position), total: Number(head) }
  const etaSeconds = gateState ? undefined : etaOf(building, head, now)
  const report = gateState && (await documents.report({ projection: { name }, generation }))
  return {
    ...progress,
    ...(etaSeconds !== undefined && { etaSeconds }),
    ...(gate && {
      generation,
      gate,
      state: request === 'switch' ? 'switching' : (gateState ?? 'building'),
    }),
    ...(report && { report }),
  }
}

/** Begins rebuilds, and passes requests about them to the process that builds. */
export const operateRebuilds = (
  known: (name: string) => AnyProjection | undefined,
  {
    documents,
    control,
  }: {
    readonly documents: Pick<DocumentStore, 'begin' | 'generations' | 'request' | 'saveGateState'>
    readonly control: Control
  },
): Pick<Operations, 'rebuild' | 'rebuildWithGate' | 'steerRebuild'> => ({
  rebuild: async (name) => {
    const projection = known(name)
    if (!projection) return undefined
    const building = buildingIn(await documents.generations(name))
    if (building?.gate) return 'building'
    if (!building) await documents.begin(projection)
    await control.announce()
    return 'begun'
  },

  rebuildWithGate: async (name, gate) => {
    const projection = known(name)
    if (!projection) return undefined
    if (buildingIn(await documents.generations(name))) return 'building'
    await documents.begin(projection, undefined, gate)
    await control.announce()
    return 'begun'
  },

  steerRebuild: async (name, verb) => {
    const projection = known(name)
    if (!projection) return undefined
    const building = buildingIn(await documents.generations(name))
    if (!building) return 'none'
    const generation = { projection, generation: building.generation, store: building.store }
    if (verb === 'compare') {
      if (!building.gate) return 'none'
      // One that has not caught up is compared anyway.
      if (building.gateState) await documents.saveGateState(generation, 'comparing')
    } else if (!(await documents.request(generation, verb))) return 'none'
    await control.announce()
    return 'accepted'
  },
})
