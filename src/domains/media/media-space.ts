import { Type } from 'typebox'
import { decider, Fields, refuse } from '#kernel'
import { MediaId, UserId } from '../shared/index.ts'

const Size = Type.Integer({ minimum: 0, description: 'In bytes' })

type State = {
  /** In bytes. */
  readonly used: number
  /** Sizes of files by their ids. */
  readonly files: Readonly<Record<string, number>>
}

/** The space that the files of a user take, in a stream of its own: concurrent uploads together stay within the limit. */
export const mediaSpace = decider({
  name: 'mediaSpace',
  id: UserId,
  commands: {
    TakeSpace: Fields(
      { mediaId: MediaId, size: Size, limit: Size },
      { description: 'Take space for a file, up to a limit for all files of the user.' },
    ),
    FreeSpace: Fields({ mediaId: MediaId }, { description: 'Free the space of a file.' }),
  },
  events: {
    SpaceTaken: Fields({ mediaId: MediaId, size: Size }),
    SpaceFreed: Fields({ mediaId: MediaId }),
  },
  refusals: { NoSpaceLeft: 'Your files take all the space that you have; delete some first.' },
}).rules<State>({
  initialState: { used: 0, files: {} },
  decide: {
    TakeSpace: ({ mediaId, size, limit }, { used, files }) => {
      if (mediaId in files) return []
      if (used + size > limit) return refuse('NoSpaceLeft')
      return [{ type: 'SpaceTaken', data: { mediaId, size } }]
    },
    FreeSpace: (data, { files }) => (data.mediaId in files ? [{ type: 'SpaceFreed', data }] : []),
  },
  evolve: {
    SpaceTaken: ({ used, files }, { mediaId, size }) => ({
      used: used + size,
      files: { ...files, [mediaId]: size },
    }),
    SpaceFreed: ({ used, files }, { mediaId }) => {
      const { [mediaId]: size = 0, ...others } = files
      return { used: used - size, files: others }
    },
  },
})
