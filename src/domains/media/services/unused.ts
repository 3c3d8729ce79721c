import { media as files, mediaUses } from '../../../projections/index.ts'
import type { EventLog } from '../../../platform/storage/event-log/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { MediaId } from '../../shared/index.ts'
import { media } from '../language.ts'
import { cleanMedia, type CleaningPorts } from './clean.ts'
import { freshOrigin } from './remove-bytes.ts'

type UnusedPorts = {
  readonly executor: Pick<Executor, 'execute'>
  readonly readModels: Pick<ReadModels, 'find' | 'get'>
  readonly log: Pick<EventLog, 'head'>
  readonly clock: () => Date
}

/** Number of files that are read at once. */
const pageSize = 100

/**
 * Deletes a file unless something refers to it at the head of the log. Its bytes follow by a job.
 * @returns whether it was deleted
 */
const deleteIfUnused = async (
  { executor, readModels, log }: Pick<UnusedPorts, 'executor' | 'readModels' | 'log'>,
  id: MediaId,
  origin: Origin,
): Promise<boolean> => {
  const { document } = await readModels.get(mediaUses, id, await log.head())
  if (!document || document.uses > 0) return false
  const command = { type: 'DeleteMedia' as const, data: {} }
  await executor.execute(media, id, command, derivedOrigin(origin, id))
  return true
}

/**
 * Deletes the files that nothing has referred to for a while.
 * @param sweeping.unusedFor in ms
 * @param sweeping.isDryRun whether they are counted only
 * @returns their number
 * @throws Unavailable, NotCaughtUp
 */
export const deleteUnused = async (
  ports: UnusedPorts,
  {
    unusedFor,
    origin,
    isDryRun,
  }: { readonly unusedFor: number; readonly origin: Origin; readonly isDryRun: boolean },
): Promise<number> => {
  const { readModels, log, clock } = ports
  const until = new Date(clock().getTime() - unusedFor).toISOString()
  const where = { unusedSince: { lte: until } }
  if (isDryRun)
    return (await readModels.find(mediaUses, { where, limit: 1 }, await log.head())).total
  let count = 0
  for (;;) {
    const page = { where, sort: ['unusedSince'], limit: pageSize, counted: false }
    const { documents } = await readModels.find(mediaUses, page, await log.head())
    // A reference that was added meanwhile counts: each is looked up again right before it is deleted.
    for (const { id } of documents) if (await deleteIfUnused(ports, id, origin)) count += 1
    if (documents.length < pageSize) return count
  }
}

/** Deletes files with what has referred to them, unless something else does. */
export const deleteWithOwner = async (
  ports: Pick<UnusedPorts, 'executor' | 'readModels' | 'log'>,
  { mediaIds }: { readonly mediaIds: readonly MediaId[] },
  origin: Origin,
): Promise<void> => {
  for (const id of mediaIds) await deleteIfUnused(ports, id, origin)
}

/** Time after which a picture is no longer in the hands of the job that cleans it, in ms. */
const overdueAfter = 2 * 60 * 60_000

/** Cleans the pictures that the job has given up, for as long as they are there. @throws Unavailable, OutOfSpace */
export const cleanOverdue = async (
  ports: CleaningPorts & Pick<UnusedPorts, 'readModels' | 'clock'>,
  origin: Origin,
): Promise<void> => {
  const until = new Date(ports.clock().getTime() - overdueAfter).toISOString()
  const where = { status: 'processing', createdAt: { lte: until } }
  const page = { where, sort: ['createdAt'], limit: pageSize, counted: false }
  const { documents } = await ports.readModels.find(files, page)
  for (const { id } of documents) {
    const { state } = await ports.executor.stateOf(media, id)
    if (state.status !== 'processing') continue
    const { uploadedBlobId } = state
    await cleanMedia(ports, { mediaId: id, uploadedBlobId }, freshOrigin(origin))
  }
}
