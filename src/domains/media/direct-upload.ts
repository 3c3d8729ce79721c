import { Type } from 'typebox'
import { decider, Fields, personal, refuse, saysNo, Timestamp } from '#kernel'
import { MediaId, Name, UserId } from '../shared/index.ts'
import { MediaType } from './media.ts'

const Outcome = Type.Enum(['completed', 'abandoned'])

const announced = {
  userId: UserId,
  mime: MediaType,
  /** In bytes. */
  size: Type.Integer({ minimum: 1 }),
  /** When the store stops taking bytes. */
  expiresAt: Timestamp,
  name: Type.Optional(personal(Name(1, 255))),
}

type State =
  | { readonly status: 'none' }
  | {
      readonly status: 'pending'
      readonly userId: UserId
      readonly mime: MediaType
      readonly size: number
      readonly expiresAt: string
      readonly name?: string
    }
  | { readonly status: 'completed' | 'abandoned'; readonly userId: UserId }

/** The upload of a file by its owner into the store of blobs itself, under the id that the file will have. */
export const directUpload = decider({
  name: 'directUpload',
  id: MediaId,
  commands: {
    StartDirectUpload: Fields(announced, {
      description: 'Announce a file that its owner sends to the store of blobs.',
    }),
    EndDirectUpload: Fields(
      { outcome: Outcome },
      { description: 'End an upload: its file is recorded, or it is given up.' },
    ),
  },
  events: {
    DirectUploadStarted: Fields(announced),
    DirectUploadEnded: Fields({ userId: UserId, outcome: Outcome }),
  },
  refusals: { NoSuchUpload: saysNo.notFound('There is no such upload.') },
}).rules<State>({
  initialState: { status: 'none' },
  decide: {
    StartDirectUpload: (data, { status }) =>
      status === 'none' ? [{ type: 'DirectUploadStarted', data }] : [],
    EndDirectUpload: ({ outcome }, state) => {
      if (state.status === 'none') return refuse('NoSuchUpload')
      if (state.status !== 'pending') return []
      return [{ type: 'DirectUploadEnded', data: { userId: state.userId, outcome } }]
    },
  },
  evolve: {
    DirectUploadStarted: (_, data) => ({ status: 'pending', ...data }),
    DirectUploadEnded: (_, { userId, outcome }) => ({ status: outcome, userId }),
  },
})
