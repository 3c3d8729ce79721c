import { randomUUID } from 'node:crypto'
import { asId, derivedId, isRefusal } from '#kernel'
import { blobIdOf, media, type MediaKind } from '../../src/domains/media/language.ts'
import { MediaId, UserId } from '../../src/domains/shared/index.ts'
import type { Executor } from '../../src/runtime/execution.ts'

const types = { image: 'image/png', video: 'video/mp4', document: 'application/pdf' } as const

/**
 * Records a file of a user, without bytes, for tests of what refers to files.
 * @param options.processing whether a picture is still worked on
 * @returns its id
 */
export const ownFile = async (
  { deps: { executor } }: { readonly deps: { readonly executor: Pick<Executor, 'execute'> } },
  owner: string,
  kind: MediaKind = 'image',
  { processing = false }: { readonly processing?: boolean } = {},
): Promise<MediaId> => {
  const id = derivedId(MediaId, randomUUID())
  const blobId = blobIdOf(id)
  const facts = { blobId, size: 1, checksum: 'abc', width: 1, height: 1 }
  const data = { userId: asId(UserId, owner), kind, mime: types[kind], ...facts }
  const send = async (command: Parameters<typeof executor.execute<typeof media>>[2]) => {
    const commandId = randomUUID()
    const origin = { commandId, actorId: 'test', correlationId: commandId }
    const answer = await executor.execute(media, id, command, origin)
    if (isRefusal(answer)) throw new Error(answer.refused)
  }
  await send({ type: 'UploadMedia', data })
  const thumbnails = [{ box: 320 as const, width: 1, height: 1, size: 1 }]
  if (kind === 'image' && !processing)
    await send({ type: 'FinishPicture', data: { ...facts, colour: '#808080', thumbnails } })
  return id
}
