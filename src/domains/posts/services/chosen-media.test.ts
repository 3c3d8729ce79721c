import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '#kernel/testing'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { ownFile } from '../../../../test/support/own-file.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import { mediaPathOf } from '../../media/services/addresses.ts'
import { chosenMedia } from './chosen-media.ts'

const apiUrl = () => 'https://shop.example/api/v1'
const [author, stranger] = [newId(UserId), newId(UserId)]
const one = newId(MediaId)
let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const choose = (asked: { readonly mediaIds?: MediaId[]; readonly mediaUrls?: string[] }) =>
  chosenMedia({ apiUrl, executor: world.deps.executor }, author, asked)
const own = () => ownFile(world, author)

test('files are chosen by id, by path, and by address under the public URL, each once', async () => {
  const [first, other] = [await own(), await own()]
  const mediaUrls = [
    mediaPathOf({ apiUrl }, first),
    `https://shop.example${mediaPathOf({ apiUrl }, other)}?signature=x`,
    `https://shop.example/api/v1/media/${first}/thumbnail?size=320`,
  ]
  expect(await choose({ mediaIds: [other], mediaUrls })).toEqual([other, first])
  expect(await choose({})).toBeUndefined()
  expect(await choose({ mediaUrls: [] })).toEqual([])
})

test("the field of a file that is not the author's own is named", async () => {
  const [mine, foreign] = [await own(), await ownFile(world, stranger)]
  for (const id of [foreign, one])
    await expect(choose({ mediaIds: [mine, id] })).rejects.toThrow('mediaIds[1] is no file')
  const mediaUrls = [mine, mine, foreign].map((id) => mediaPathOf({ apiUrl }, id))
  mediaUrls[1] = `https://shop.example/api/v1/media/${mine}/content`
  await expect(choose({ mediaIds: [mine], mediaUrls })).rejects.toThrow('mediaUrls[2] is no file')
})

test.each([
  `http://shop.example/api/v1/media/${one}/content`,
  `https://shop.example.evil.example/api/v1/media/${one}/content`,
  `https://shop.example@evil.example/api/v1/media/${one}/content`,
  `https://shop.example/other/api/v1/media/${one}/content`,
  `https://shop.example/api/v1/media/../media/${one}/content/..%2f`,
  'javascript:alert(1)',
  'https://',
])('an address elsewhere is refused: %s', (url) =>
  expect(choose({ mediaUrls: [url] })).rejects.toThrow('mediaUrls[0]'),
)
