import type { Ports } from '../../../serving/ports.ts'
import type { MediaId } from '../../shared/index.ts'
import { mediaIdInPath } from '../language.ts'

/** Returns the path of the API: `/api/v1`. */
const prefixOf = ({ apiUrl }: Pick<Ports, 'apiUrl'>): string => new URL(apiUrl()).pathname

/** Returns the path of a file's content. */
export const mediaPathOf = (ports: Pick<Ports, 'apiUrl'>, id: MediaId): string =>
  `${prefixOf(ports)}/media/${id}/content`

/** Returns the id in the address of a file of ours; undefined for any other address. */
export const ownMediaIdIn = (
  ports: Pick<Ports, 'apiUrl'>,
  address: string,
): MediaId | undefined => {
  const ours = ports.apiUrl()
  const url = URL.parse(address, ours)
  const prefix = `${prefixOf(ports)}/media/`
  if (url?.origin !== new URL(ours).origin || !url.pathname.startsWith(prefix)) return undefined
  const rest = url.pathname.slice(prefix.length)
  return mediaIdInPath(`/media/${rest}`)
}
