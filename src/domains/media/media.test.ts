import { test } from 'vitest'
import { asId, derivedId } from '#kernel'
import { given, newId } from '#kernel/testing'
import { MediaId, PostId, UserId } from '../shared/index.ts'
import { blob, blobIdOf } from './blob.ts'
import { media } from './media.ts'
import { mediaSpace } from './media-space.ts'

const userId = asId(UserId, '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11')
const blobId = blobIdOf('hash')
const data = {
  userId,
  blobId,
  kind: 'image' as const,
  mime: 'image/png' as const,
  size: 100,
  checksum: 'abc',
  width: 2,
  height: 3,
}
const uploaded = { type: 'MediaUploaded' as const, data }
const deleted = { type: 'MediaDeleted' as const, data: { userId, blobId } }
const remove = { type: 'DeleteMedia' as const, data: {} }

test('a file is recorded once', () => {
  given(media).when({ type: 'UploadMedia', data }).yields(uploaded)
  given(media, uploaded).when({ type: 'UploadMedia', data }).yields()
})

const facts = {
  blobId: blobIdOf('other hash'),
  size: 90,
  checksum: 'def',
  width: 3,
  height: 2,
  colour: '#808080',
}
const thumbnails = [{ box: 320 as const, width: 3, height: 2, size: 10 }]
const finish = { type: 'FinishPicture' as const, data: { ...facts, thumbnails } }
const finished = [
  { type: 'MediaCleaned' as const, data: { userId, ...facts } },
  { type: 'MediaThumbnailGenerated' as const, data: { userId, thumbnails } },
] as const
const reject = { type: 'RejectMedia' as const, data: { reason: 'unreadable' as const } }
const rejected = {
  type: 'MediaRejected' as const,
  data: { userId, blobId, reason: 'unreadable' as const },
}

test('a file is linked once to each post, until it is deleted', () => {
  const link = (postId: PostId) => ({ type: 'LinkMedia' as const, data: { postId } })
  const [one, other] = [newId(PostId), newId(PostId)]
  const linked = { type: 'MediaLinked' as const, data: { userId, postId: one } }
  given(media, uploaded).when(link(one)).yields(linked)
  given(media, uploaded, linked).when(link(one)).yields()
  given(media, uploaded, linked)
    .when(link(other))
    .yields({ type: 'MediaLinked', data: { userId, postId: other } })
  given(media, uploaded, deleted).when(link(one)).yields()
  given(media).when(link(one)).yields()
})

test('a picture is replaced by the cleaned one, once', () => {
  given(media, uploaded)
    .when(finish)
    .yields(...finished)
  given(media, uploaded, ...finished)
    .when(finish)
    .yields()
  given(media, uploaded, ...finished)
    .when(reject)
    .yields()
  given(media, uploaded, ...finished)
    .when(remove)
    .yields({ type: 'MediaDeleted', data: { userId, blobId: facts.blobId } })
  given(media, uploaded, deleted).when(finish).refuses('NoSuchMedia')
  given(media).when(finish).refuses('NoSuchMedia')
})

test('a picture is rejected, once, and for good', () => {
  given(media, uploaded).when(reject).yields(rejected)
  given(media, uploaded, rejected).when(reject).yields()
  given(media, uploaded, rejected).when(finish).refuses('NoSuchMedia')
  given(media, uploaded, rejected).when(remove).yields(deleted)
})

test('only pictures are worked on', () =>
  given(media, { type: 'MediaUploaded', data: { ...data, kind: 'document', mime: 'text/plain' } })
    .when(reject)
    .yields())

test('a deleted file stays deleted', () => {
  given(media, uploaded).when(remove).yields(deleted)
  given(media, uploaded, deleted).when(remove).yields()
  given(media, uploaded, deleted).when({ type: 'UploadMedia', data }).yields()
  given(media).when(remove).refuses('NoSuchMedia')
})

const [first, second, third] = ['1', '2', '3'].map((name) => derivedId(MediaId, name)) as [
  MediaId,
  MediaId,
  MediaId,
]
const hold = (mediaId: MediaId) => ({ type: 'HoldBlob' as const, data: { mediaId, userId } })
const release = (mediaId: MediaId) => ({ type: 'ReleaseBlob' as const, data: { mediaId } })
const held = (mediaId: MediaId, storedAs: MediaId) => ({
  type: 'BlobHeld' as const,
  data: { mediaId, userId, storedAs, heldAt: '2030-01-01T00:00:00.000Z' },
})
const released = (mediaId: MediaId) => ({ type: 'BlobReleased' as const, data: { mediaId } })

test('bytes are stored under the first file that holds them', () => {
  given(blob).when(hold(first)).yields(held(first, first))
  given(blob, held(first, first)).when(hold(second)).yields(held(second, first))
  given(blob, held(first, first)).when(hold(first)).yields()
})

test('bytes stay where they are while any file holds them', () =>
  given(blob, held(first, first), held(second, first), released(first))
    .when(hold(third))
    .yields(held(third, first)))

test('after the last file, the next one stores the bytes anew', () =>
  given(blob, held(first, first), released(first)).when(hold(second)).yields(held(second, second)))

test('bytes are released once', () => {
  given(blob, held(first, first)).when(release(first)).yields(released(first))
  given(blob, held(first, first), released(first)).when(release(first)).yields()
  given(blob).when(release(first)).yields()
})

const take = (mediaId: MediaId, size: number) => ({
  type: 'TakeSpace' as const,
  data: { mediaId, size, limit: 100 },
})
const taken = (mediaId: MediaId, size: number) => ({
  type: 'SpaceTaken' as const,
  data: { mediaId, size },
})
const free = (mediaId: MediaId) => ({ type: 'FreeSpace' as const, data: { mediaId } })
const freed = (mediaId: MediaId) => ({ type: 'SpaceFreed' as const, data: { mediaId } })

test('all files of a user fit into the limit', () => {
  given(mediaSpace, taken(first, 60)).when(take(second, 40)).yields(taken(second, 40))
  given(mediaSpace, taken(first, 60)).when(take(second, 41)).refuses('NoSpaceLeft')
  given(mediaSpace, taken(first, 60)).when(take(first, 60)).yields()
})

test('the space of a file is freed once', () => {
  given(mediaSpace, taken(first, 60)).when(free(first)).yields(freed(first))
  given(mediaSpace, taken(first, 60), freed(first)).when(free(first)).yields()
  given(mediaSpace, taken(first, 60), freed(first))
    .when(take(second, 100))
    .yields(taken(second, 100))
})
