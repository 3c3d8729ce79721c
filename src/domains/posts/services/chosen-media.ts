import { Type } from 'typebox'
import { ownMediaIdIn } from '../../media/services/addresses.ts'
import { mustOwnMedia } from '../../media/services/own-media.ts'
import type { Executor } from '../../../runtime/execution.ts'
import type { Ports } from '../../../serving/ports.ts'
import { invalid } from '../../../serving/problem.ts'
import { Code, MediaId, type UserId } from '../../shared/index.ts'
import { mostMedia, PostMedia } from '../language.ts'

/** The files of a post in a request: by id, by address, or both. */
export const mediaFields = {
  mediaIds: Type.Optional(PostMedia),
  mediaUrls: Type.Optional(
    Type.Array(Code(2_000), {
      maxItems: mostMedia,
      uniqueItems: true,
      description: 'Addresses of uploaded files, instead of their ids: `…/media/{id}/content`',
    }),
  ),
}

/**
 * Returns the ids of the files that a request names, in its order, each once; undefined when it names none of the fields.
 * @param userId the author, whose own they must be
 * @throws Problem 400 for an address that is not of a file of ours, and for too many files; 404 and 409 as `mustOwnMedia`
 */
export const chosenMedia = async (
  ports: Pick<Ports, 'apiUrl'> & { readonly executor: Pick<Executor, 'stateOf'> },
  userId: UserId,
  { mediaIds, mediaUrls }: { readonly mediaIds?: MediaId[]; readonly mediaUrls?: string[] },
): Promise<MediaId[] | undefined> => {
  if (!mediaIds && !mediaUrls) return undefined
  /** Names of the fields by id; the first one that names a file. */
  const named = new Map<MediaId, string>()
  for (const [nth, id] of (mediaIds ?? []).entries()) named.set(id, `mediaIds[${nth}]`)
  for (const [nth, url] of (mediaUrls ?? []).entries()) {
    const field = `mediaUrls[${nth}]`
    const id = ownMediaIdIn(ports, url)
    if (id === undefined)
      throw invalid(field, 'must be the address of a file that was uploaded here')
    if (!named.has(id)) named.set(id, field)
  }
  const chosen = [...named.keys()]
  if (chosen.length > mostMedia)
    throw invalid('mediaUrls', `must not exceed ${mostMedia} files together with mediaIds`)
  const nameOf = (index: number) => [...named.values()][index] ?? 'mediaIds'
  await mustOwnMedia(ports.executor, userId, chosen, 'mediaIds', { nameOf })
  return chosen
}
