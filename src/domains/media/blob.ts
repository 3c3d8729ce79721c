import type { Static } from 'typebox'
import { decider, derivedId, Fields, Id, Timestamp } from '#kernel'
import { MediaId, UserId } from '../shared/index.ts'

/** Id of the bytes of files; derived from their hash by a secret, so that nobody finds known bytes by it. */
export const BlobId = Id('BlobId')
export type BlobId = Static<typeof BlobId>

/** Returns the id of bytes. @param keyedHash of them */
export const blobIdOf = (keyedHash: string): BlobId => derivedId(BlobId, 'blob', keyedHash)

type State = {
  /** Owners of the files that have these bytes, and since when, by file. */
  readonly holders: Readonly<Record<string, { readonly userId: UserId; readonly heldAt: string }>>
  /** The file under whose id the bytes are stored. */
  readonly storedAs?: MediaId
}

/**
 * The bytes of one file or several. The first file after none has them stored under its own id, so that removing the bytes
 * of a time before never removes those of the next.
 */
export const blob = decider({
  name: 'blob',
  id: BlobId,
  commands: {
    HoldBlob: Fields(
      { mediaId: MediaId, userId: UserId },
      { description: 'Hold bytes for a file, which are stored.' },
    ),
    ReleaseBlob: Fields({ mediaId: MediaId }, { description: 'Hold bytes no longer for a file.' }),
  },
  events: {
    BlobHeld: Fields({
      mediaId: MediaId,
      userId: UserId,
      storedAs: MediaId,
      heldAt: Timestamp,
    }),
    BlobReleased: Fields({ mediaId: MediaId }),
  },
  refusals: {},
}).rules<State>({
  initialState: { holders: {} },
  decide: {
    HoldBlob: ({ mediaId, userId }, { holders, storedAs = mediaId }, { now }) => {
      if (mediaId in holders) return []
      const isFirst = Object.keys(holders).length === 0
      const data = { mediaId, userId, storedAs: isFirst ? mediaId : storedAs, heldAt: now }
      return [{ type: 'BlobHeld', data }]
    },
    ReleaseBlob: (data, { holders }) =>
      data.mediaId in holders ? [{ type: 'BlobReleased', data }] : [],
  },
  evolve: {
    BlobHeld: ({ holders }, { mediaId, userId, storedAs, heldAt }) => ({
      holders: { ...holders, [mediaId]: { userId, heldAt } },
      storedAs,
    }),
    BlobReleased: ({ holders, ...state }, { mediaId }) => {
      const { [mediaId]: _, ...others } = holders
      return { ...state, holders: others }
    },
  },
})
