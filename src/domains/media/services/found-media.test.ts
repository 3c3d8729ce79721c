import { afterAll, beforeAll, expect, test } from 'vitest'
import { png } from '../../../../test/support/files.ts'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { uploadTo } from '../../../../test/support/upload.ts'

type Person = Awaited<ReturnType<HttpWorld['someone']>>
let world: HttpWorld
let ann: Person
let ben: Person
const idOf = async (person: Person, name: string, bytes: Buffer | string) => {
  const api = `${world.app.listeningOrigin}/api/v1`
  return (await uploadTo(api, person.token, [{ name, bytes }])).body.data.media[0].id
}
beforeAll(async () => {
  world = await httpWorld()
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  ;[ann, ben] = [await world.someone('ann'), await world.someone('ben')]
})
afterAll(() => world[Symbol.asyncDispose]())

const found = async (person: Person, query: string) => {
  await world.readModels.fold()
  const { status, body } = await person.call('GET', `/search/media?${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data
}

test('users find their own files by words of their names', async () => {
  const report = await idOf(ann, 'Annual report.txt', 'numbers')
  const picture = await idOf(ann, 'annual party.png', png(2, 3))
  await idOf(ben, 'annual secrets.txt', 'secret')

  const both = await found(ann, 'q=annual')
  expect(both.total).toBe(2)
  expect(new Set(both.hits.map(({ id }: { id: string }) => id))).toEqual(new Set([report, picture]))
  const { hits } = await found(ann, 'q=annual&kind=image')
  expect(hits).toMatchObject([
    {
      id: picture,
      document: { id: picture, kind: 'image', name: 'annual party.png', width: 2 },
      highlights: [{ field: 'name' }],
    },
  ])
  expect((await found(ann, 'q=secrets')).total).toBe(0)

  await ann.call('DELETE', `/media/${report}`)
  expect((await found(ann, 'q=report')).total).toBe(0)
})

test('a search in all types finds files as well', async () => {
  const id = await idOf(ann, 'zeppelin.txt', 'airship')
  await world.readModels.fold()
  const { body } = await ann.call('GET', '/search?q=zeppelin')
  expect(body.data.media.hits[0].id).toBe(id)
  expect((await ben.call('GET', '/search?q=zeppelin&types=media')).body.data).toEqual({
    media: { hits: [], total: 0 },
  })
})
