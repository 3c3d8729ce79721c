import { expect, test } from 'vitest'
import { mediaIdIn } from './media-id-in.ts'

const id = '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11'
const here = 'https://agora.example'

test.each([
  [`${here}/api/v1/media/${id}/content`, id],
  [`${here}/api/v1/media/${id}`, id],
  [`https://elsewhere.example/api/v1/media/${id}/content`, undefined],
  [`${here}/lamp.png`, undefined],
  [undefined, undefined],
])('the picture at %s is the file %s', (image, file) => expect(mediaIdIn(image, here)).toBe(file))
