import { Type } from 'typebox'
import { Check } from 'typebox/value'
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

/** Returns the path of the API: `/api/v1`. */
const prefixOf = ({ apiUrl }: Pick<Ports, 'apiUrl'>): string => new URL(apiUrl()).pathname

/** Returns the path of a file's content. */
export const mediaPathOf = (ports: Pick<Ports, 'apiUrl'>, id: MediaId): string =>
  `${prefixOf(ports)}/media/${id}/content`

/** Returns the id in the address of a file of ours; undefined for any other address. */
const idIn = (ports: Pick<Ports, 'apiUrl'>, address: string): MediaId | undefined => {
  const ours = ports.apiUrl()
  const url = URL.parse(address, ours)
  const prefix = `${prefixOf(ports)}/media/`
  if (url?.origin !== new URL(ours).origin || !url.pathname.startsWith(prefix)) return undefined
  const [id = '', part, ...more] = url.pathname.slice(prefix.length).toLowerCase().split('/')
  const isKnown = more.length === 0 && [undefined, 'content', 'thumbnail'].includes(part)
  return isKnown && Check(MediaId, id) ? id : undefined
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
    const id = idIn(ports, url)
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
