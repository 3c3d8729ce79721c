import { createHash } from 'node:crypto'
import { png } from '../../support/files.ts'
import type { Action, Member, World } from '../world.ts'

/** Uploads a picture or a text. */
export const uploadOne = async (
  { chance, kept, word, wrong }: World,
  me: Member,
): Promise<void> => {
  const isPicture = chance.happens(0.5)
  const unique = word()
  const bytes = isPicture ? png(40, 30, unique) : Buffer.from(`A note about ${unique}\n`)
  const file = isPicture
    ? { name: 'a.png', type: 'image/png', bytes }
    : { name: 'a.txt', type: 'text/plain', bytes }
  const answer = await me.upload(file)
  if (answer.status !== 201) return wrong('POST /media/upload', answer)
  const { id } = answer.body.data.media[0]
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  kept.files.set(id, { id, owner: me.id, sha256, isPicture, isDeleted: false })
}

const remove: Action = async ({ chance, kept, wrong }, me) => {
  const file = chance.oneOf(
    [...kept.files.values()].filter(({ owner, isDeleted }) => owner === me.id && !isDeleted),
  )
  if (!file) return
  const answer = await me.call('DELETE', `/media/${file.id}`)
  if (answer.status !== 200 && !(answer.status === 404 && answer.tries > 1))
    return wrong('DELETE /media/:id', answer)
  file.isDeleted = true
}

export const uploading: readonly (readonly [weight: number, action: Action])[] = [
  [3, uploadOne],
  [1, remove],
]
