import { expect, test } from 'vitest'
import { newId } from '#kernel/testing'
import { MediaId } from '../../shared/index.ts'
import { chosenMedia, mediaPathOf } from './chosen-media.ts'

const ports = { apiUrl: () => 'https://shop.example/api/v1' }
const [one, other] = [newId(MediaId), newId(MediaId)]

test('files are chosen by id, by path, and by address under the public URL, each once', () => {
  const mediaUrls = [
    mediaPathOf(ports, one),
    `https://shop.example${mediaPathOf(ports, other)}?signature=x`,
    `https://shop.example/api/v1/media/${one}/thumbnail?size=320`,
  ]
  expect(chosenMedia(ports, { mediaIds: [other], mediaUrls })).toEqual([other, one])
  expect(chosenMedia(ports, {})).toBeUndefined()
  expect(chosenMedia(ports, { mediaUrls: [] })).toEqual([])
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
  expect(() => chosenMedia(ports, { mediaUrls: [url] })).toThrow('mediaUrls[0]'),
)
