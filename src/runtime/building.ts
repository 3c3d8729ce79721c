import type { Generation, GenerationRecord } from '../platform/storage/documents/port.ts'
import type { Step } from './switching.ts'

/** The next step of a generation that is built; undefined while it waits for an operator. */
export const stepOf = ({
  gate,
  gateState,
  request,
}: Pick<GenerationRecord, 'gate' | 'gateState' | 'request'>): Step | undefined => {
  if (request === 'switch') return { does: 'publish' }
  if (!gate) return { does: 'compare' }
  return gateState === 'waiting' ? undefined : { does: 'judge', gate }
}

/** A generation to build, and its next step; undefined while it waits for an operator. */
export type Building = { readonly generation: Generation; readonly step: Step | undefined }

/** Whether an operator has discarded a generation that is being built. */
export const isDiscarded = ({
  status,
  request,
}: Pick<GenerationRecord, 'status' | 'request'>): boolean =>
  status === 'building' && request === 'discard'

/** Whether a generation is still to be built: nobody has dropped it or requested that it is discarded. */
export const isBuilding = (
  records: readonly GenerationRecord[],
  { generation }: Generation,
): boolean =>
  records.some(
    (record) =>
      record.generation === generation && record.status === 'building' && !isDiscarded(record),
  )
