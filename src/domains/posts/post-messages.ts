import { Type, type Static } from 'typebox'
import { Fields, personal, saysNo, Timestamp } from '#kernel'
import { MediaId, Paragraphs, Text, UserId } from '../shared/index.ts'
import { MediaChange } from '../shared/media-change.ts'
import { mostMentions, mostTags } from './text-parts.ts'

/** Maximum length of a post's text, in characters. */
const maxLength = 5_000

/** Most files of a post. */
export const mostMedia = 10

/** The text of a post. */
export const PostContent = Paragraphs(1, maxLength)

/** The files of a post. */
export const PostMedia = Type.Array(MediaId, { maxItems: mostMedia, uniqueItems: true })

/** A user who is mentioned in a text: the name stands from `start` to `end`, the end excluded. */
export const Mention = Fields({
  userId: UserId,
  start: Type.Integer({ minimum: 0, description: 'Offset of the sign, in UTF-16 code units' }),
  end: Type.Integer({ minimum: 0, description: 'Offset of the end, in UTF-16 code units' }),
})
export type Mention = Static<typeof Mention>

/** The mentioned users of a text, in its order. */
export const Mentions = Type.Array(Mention, { maxItems: mostMentions })

/** Tags in recorded events and documents. */
export const Tags = Type.Array(personal(Text(1, 100)), { maxItems: mostTags })

const body = {
  content: Type.Optional(PostContent),
  mediaIds: PostMedia,
  mentions: Mentions,
}

const recorded = {
  userId: UserId,
  /** Absent in posts of files alone. */
  content: Type.Optional(personal(Text(1, maxLength))),
  mediaIds: PostMedia,
  tags: Tags,
  mentions: Mentions,
}

/** Commands of a post. */
export const postCommands = {
  CreatePost: Fields({ userId: UserId, ...body }, { description: 'Publish a post.' }),
  UpdatePost: Fields(body, { description: 'Replace text, files and mentions of a post.' }),
  DeletePost: Fields({}, { description: 'Delete a post.' }),
}

/** Events of a post. An update has the whole post as it is from then on. */
export const postEvents = {
  PostCreated: Fields({ ...recorded, createdAt: Timestamp }),
  PostUpdated: Fields({ ...recorded, editedAt: Timestamp }),
  PostDeleted: Fields({ userId: UserId }),
  /** Comes before the update or the deletion that changes them. */
  PostMediaChanged: MediaChange,
}

/** Refusals of a post. */
export const postRefusals = {
  EmptyPost: saysNo.invalid('A post needs a text, files, or both.'),
  NoSuchPost: saysNo.notFound('There is no such post.'),
}
