import { job } from '../../../serving/job.ts'
import { message } from '../../chat/language.ts'
import { gig } from '../../gigs/language.ts'
import { post } from '../../posts/language.ts'
import type { MediaId } from '../../shared/index.ts'
import { deleteWithOwner } from '../services/unused.ts'

type Changed = {
  readonly data: { readonly dropped: readonly MediaId[]; readonly ended?: true }
}

type Dropped = { readonly mediaIds: readonly MediaId[] }

const droppedAtEnd = ({ data: { dropped, ended } }: Changed): Dropped | undefined =>
  ended ? { mediaIds: [...dropped] } : undefined

/** Deletes the files of deleted posts, gigs and messages, unless something else refers to them. */
export const deleteMediaWithOwner = job({
  name: 'delete-media-with-owner',
  from: [post, gig, message],
  on: {
    PostMediaChanged: droppedAtEnd,
    GigMediaChanged: droppedAtEnd,
    MessageMediaChanged: droppedAtEnd,
  },
  run: (dropped: Dropped, origin, ports) => deleteWithOwner(ports, dropped, origin),
  givenUp: { reportsNothing: 'nothing refers to the files: the hourly sweep deletes them' },
})
