import { derivedId, isRefusal } from '#kernel'
import {
  ChangedMeanwhile,
  type ArrivedBlob,
  type Blobs,
  type DirectUploads,
} from '../../../platform/storage/blobs/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { Caller } from '../../../serving/caller.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { Ports } from '../../../serving/ports.ts'
import { Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { inOneLine, MediaId, type UserId } from '../../shared/index.ts'
import { directUpload, kindOf, media, mediaSpace, type MediaType } from '../language.ts'
import { receiveFile, type ReceivedFile } from './receive-file.ts'
import { freshOrigin } from './remove-bytes.ts'
import { keepReceived, type Uploaded } from './uploads.ts'

/** How long the store takes the bytes of an upload, in ms. */
const lifetime = 60 * 60_000

/** Time after that until an upload is given up, in ms: sending may begin at the last moment, and take a while. */
export const grace = 60 * 60_000

/** Settings of files that a direct upload depends on, and its ports. */
type UploadPorts = Pick<Ports, 'blobs' | 'clock' | 'config' | 'executor' | 'keys'>

/** What a client announces. */
type Announced = { readonly size: number; readonly mime: MediaType; readonly name?: string }

const conflict = (code: string, detail: string) => new Problem(409, code, detail)

const noDirectUploads = () =>
  conflict(
    'no_direct_uploads',
    'The store of files takes none from clients here; send them to POST /media/upload.',
  )

/** @throws Problem 409 where the store has no bytes from clients */
const directOf = ({ direct }: Pick<Blobs, 'direct'>): DirectUploads => {
  if (direct) return direct
  throw noDirectUploads()
}

/** Ends an upload. May be called again. */
const endDirectUpload = async (
  executor: Pick<Executor, 'execute'>,
  { mediaId, outcome }: { readonly mediaId: MediaId; readonly outcome: 'completed' | 'abandoned' },
  origin: Origin,
): Promise<void> => {
  const end = { type: 'EndDirectUpload' as const, data: { outcome } }
  await executor.execute(directUpload, mediaId, end, freshOrigin(origin))
}

/**
 * Begins an upload of a file by its owner into the store of blobs. Its space is taken until it is completed or given up.
 * @returns the id that the file will have, the request that the client sends the bytes by, and until when
 * @throws Problem 409 where the store takes none, or for a repetition after the end; 413 naming the field
 */
export const startDirectUpload = async (
  { blobs, clock, config, executor }: UploadPorts,
  { size, mime, name: claimed }: Announced,
  caller: Pick<Caller, 'id'>,
  origin: Origin,
) => {
  const direct = directOf(blobs)
  const { caps, perPerson } = config.media
  const tooLarge = (code: string, message: string) =>
    new Problem(413, code, `size ${message}.`, [{ field: 'size', message }])
  if (size > caps[kindOf(mime)])
    throw tooLarge('too_large', `must be at most ${caps[kindOf(mime)]} bytes for ${mime}`)
  const id = derivedId(MediaId, origin.commandId, 'direct-upload')
  const offer = await direct.offer({ id, size, type: mime, lifetime })
  if (!offer) throw noDirectUploads()
  const expiresAt = new Date(clock().getTime() + lifetime).toISOString()
  const name = claimed === undefined ? '' : inOneLine(claimed)
  const start = {
    type: 'StartDirectUpload' as const,
    data: { userId: caller.id, mime, size, expiresAt, ...(name !== '' && { name }) },
  }
  // First: a sweep finds the upload, and frees its space after a crash.
  const started = await executor.execute(directUpload, id, start, origin)
  if (isRefusal(started)) throw refusalProblem(directUpload, started)
  if (started.state.status !== 'pending')
    throw conflict('upload_ended', 'This upload has ended; begin another one.')
  const take = { type: 'TakeSpace' as const, data: { mediaId: id, size, limit: perPerson } }
  const taken = await executor.execute(mediaSpace, caller.id, take, freshOrigin(origin))
  if (isRefusal(taken)) {
    await endDirectUpload(executor, { mediaId: id, outcome: 'abandoned' }, origin)
    throw tooLarge('no_space_left', `must fit into the ${perPerson} bytes of your files`)
  }
  return { id, offer, expiresAt, position: started.position }
}

/** An upload that has not ended, of an owner. */
type Pending = {
  readonly mediaId: MediaId
  readonly userId: UserId
}

/** Takes the space of a file that is recorded, whatever the limit is. May be called again. */
const keepSpace = async (
  executor: Pick<Executor, 'execute'>,
  { mediaId, userId, size }: Pending & { readonly size: number },
  origin: Origin,
): Promise<void> => {
  const take = {
    type: 'TakeSpace' as const,
    data: { mediaId, size, limit: Number.MAX_SAFE_INTEGER },
  }
  await executor.execute(mediaSpace, userId, take, freshOrigin(origin))
}

/**
 * Gives an upload up: its bytes go, and its space is free. One whose file is recorded is completed instead. May be called again.
 * @throws Unavailable
 */
export const abandonDirectUpload = async (
  {
    executor,
    blobs,
  }: {
    readonly executor: Pick<Executor, 'execute' | 'stateOf'>
    readonly blobs: Pick<Blobs, 'direct'>
  },
  { mediaId, userId }: Pending,
  origin: Origin,
): Promise<void> => {
  await blobs.direct?.remove(mediaId)
  const recorded = async () => (await executor.stateOf(media, mediaId)).state
  const isRecorded = (await recorded()).status !== 'none'
  if (!isRecorded) {
    const free = { type: 'FreeSpace' as const, data: { mediaId } }
    await executor.execute(mediaSpace, userId, free, freshOrigin(origin))
    // Recorded since: the file has its space.
    const state = await recorded()
    if (state.status !== 'none' && state.status !== 'deleted')
      await keepSpace(executor, { mediaId, userId, size: state.size }, origin)
  }
  // Last: until then, a sweep finds the upload.
  const outcome = isRecorded ? 'completed' : 'abandoned'
  await endDirectUpload(executor, { mediaId, outcome }, origin)
}

/** The bytes that have arrived. @throws Problem 409 when nothing has, or not all of it */
const arrivedWhole = async (
  direct: DirectUploads,
  id: MediaId,
  size: number,
): Promise<ArrivedBlob> => {
  const arrived = await direct.arrived(id)
  if (!arrived)
    throw conflict('not_arrived', 'The bytes have not arrived; send them first, then try again.')
  if (arrived.size === size) return arrived
  throw conflict('wrong_size', `${arrived.size} bytes have arrived instead of ${size}.`)
}

/** Checks what has arrived as an upload through Agora is checked. @throws Problem 413, 415 */
const received = async (
  arrived: ArrivedBlob,
  {
    mime,
    name,
    caps,
  }: Pick<Announced, 'mime' | 'name'> & Pick<UploadPorts['config']['media'], 'caps'>,
): Promise<ReceivedFile> => {
  const bytes = await arrived.open()
  return receiveFile({ stage: arrived.stage }, { name, bytes }, 'file', caps, mime)
}

/**
 * Makes a file of what its owner has sent to the store of blobs, once size, type and content are found to be what they may be.
 * What may not be a file is removed; its space stays taken until the upload is given up, as the store takes bytes until then.
 * May be repeated.
 * @throws Problem 404, 409, 413, 415; OutOfSpace, Unavailable
 */
export const completeDirectUpload = async (
  ports: UploadPorts,
  id: MediaId,
  caller: Pick<Caller, 'id'>,
  origin: Origin,
): Promise<Uploaded> => {
  const { executor, blobs, clock, config } = ports
  const { state: upload } = await executor.stateOf(directUpload, id)
  const missing = () => refusalProblem(directUpload, { refused: 'NoSuchUpload' })
  if (upload.status === 'none' || upload.userId !== caller.id) throw missing()
  const end = async () => {
    await endDirectUpload(executor, { mediaId: id, outcome: 'completed' }, origin)
    // What cannot be removed now is swept later.
    await blobs.direct?.remove(id).catch(() => undefined)
  }
  const completed = async (): Promise<Uploaded | undefined> => {
    const { state, position } = await executor.stateOf(media, id)
    if (state.status === 'none' || state.status === 'deleted') return undefined
    await end()
    return { id, state, position }
  }
  const before = await completed()
  if (before) return before
  if (upload.status !== 'pending' || Date.parse(upload.expiresAt) + grace < clock().getTime())
    throw missing()
  const { mime, name, size } = upload
  try {
    const arrived = await arrivedWhole(directOf(blobs), id, size)
    const { caps } = config.media
    const file = await received(arrived, { mime, caps, ...(name !== undefined && { name }) })
    await using _staged = file.staged
    const owner = { mediaId: id, userId: caller.id }
    const kept = await keepReceived(ports, file, owner, derivedOrigin(origin, 'media'))
    // Given up meanwhile, the upload has freed it.
    await keepSpace(executor, { ...owner, size }, origin)
    await end()
    return kept
  } catch (error) {
    // Another request may have completed it, and removed the bytes.
    const meanwhile = await completed()
    if (meanwhile) return meanwhile
    if (error instanceof ChangedMeanwhile)
      throw conflict('changed_meanwhile', 'Other bytes have arrived meanwhile; try again.')
    if (error instanceof Problem && (error.statusCode === 413 || error.statusCode === 415))
      await blobs.direct?.remove(id)
    throw error
  }
}
