import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asId } from '#kernel'
import { gif, pdf, png } from '../../../../test/support/files.ts'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { readyPictures, unchangedPictures } from '../../../../test/support/ready-pictures.ts'
import { uploadTo } from '../../../../test/support/upload.ts'
import { childProcessPictures } from '../../../platform/external/pictures/child-process.ts'
import { inProcessPictures } from '../../../platform/external/pictures/in-process.ts'
import {
  PictureFailed,
  PictureTooSlow,
  type Pictures,
} from '../../../platform/external/pictures/port.ts'
import { gpsPicture } from '../../../platform/external/pictures/testing/pictures.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { MediaId } from '../../shared/index.ts'
import { media } from '../language.ts'
import { sweepBlobs } from './sweep.ts'

type Person = Awaited<ReturnType<HttpWorld['someone']>>
let world: HttpWorld
let api: string
let ann: Person
let ben: Person
beforeAll(async () => {
  world = await httpWorld()
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  api = `${world.app.listeningOrigin}/api/v1`
  ;[ann, ben] = [await world.someone('ann'), await world.someone('ben')]
})
afterAll(() => world[Symbol.asyncDispose]())

const upload = async (bytes: Buffer, by = ann) => {
  const { status, body } = await uploadTo(api, by.token, [{ name: 'a.jpg', bytes }])
  expect(status, JSON.stringify(body)).toBe(201)
  return body.data.media[0]
}
const shown = async (id: string, by = ann) => (await by.call('GET', `/media/${id}`)).body.data
const bytesAt = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer())
const keys = async () => (await Array.fromAsync(world.deps.blobs.list())).map(({ key }) => key)
/** Fails the first times, then does what others do. */
const failing = (times: number, error: () => Error, then = unchangedPictures): Pictures => {
  let count = 0
  return {
    clean: async (...asked) => {
      count += 1
      if (count <= times) throw error()
      return then.clean(...asked)
    },
  }
}

test('a picture is cleaned in a process of its own before anybody sees it', async () => {
  const source = await gpsPicture(900, 600)
  const before = await keys()
  const { id, url, status } = await upload(source)
  expect(status).toBe('PROCESSING')
  // A repetition of the job does no harm.
  await readyPictures(world, childProcessPictures())
  await readyPictures(world, childProcessPictures())
  const found = await shown(id)
  expect(found).toMatchObject({ status: 'READY', width: 600, height: 900, mime: 'image/jpeg' })
  expect(found.colour).toMatch(/^#[0-9a-f]{6}$/)
  const content = await bytesAt(url)
  expect(content.length).toBe(found.size)
  const { width, height, exif, orientation } = await sharp(content).metadata()
  expect([width, height, exif, orientation]).toEqual([600, 900, undefined, undefined])
  expect(content.toString('latin1')).not.toMatch(/Exif|Ann of the Lane/)
  expect(found.thumbnails.map(({ size, width: wide }: typeof found) => [size, wide])).toEqual([
    [320, 213],
    [640, 427],
    [1280, 600],
  ])
  for (const one of found.thumbnails) {
    const seen = await sharp(await bytesAt(one.url)).metadata()
    expect([seen.format, seen.width, seen.exif]).toEqual(['webp', one.width, undefined])
  }
  // Of the uploaded bytes, nothing is left.
  expect((await keys()).length).toBe(before.length + 4)
})

test('the same picture of two users is stored once, also once it is cleaned', async () => {
  const source = await gpsPicture(50, 40)
  const before = await keys()
  const [one, two] = [await upload(source), await upload(source, ben)]
  expect((await keys()).length).toBe(before.length + 1)
  await readyPictures(world, inProcessPictures())
  const late = await upload(source)
  await readyPictures(world, inProcessPictures())
  expect((await keys()).length).toBe(before.length + 2)
  for (const { url } of [one, two, late]) expect((await fetch(url)).status).toBe(200)
  const [thumbnail] = (await shown(late.id)).thumbnails
  expect((await fetch(thumbnail.url)).status).toBe(200)
})

test('a picture has thumbnails also where its cleaned bytes are those of an upload that is not yet cleaned', async () => {
  // Cleaning adds a byte.
  const adding: Pictures = {
    clean: (source, work, receive) =>
      unchangedPictures.clean(source, work, ({ bytes, ...one }) => {
        const longer = async function* () {
          yield* bytes
          if (one.box === undefined) yield Buffer.from('+')
        }
        return receive({ ...one, bytes: longer() })
      }),
  }
  const source = png(7, 7, 'cleaned twice')
  const { id } = await upload(source)
  const other = await upload(Buffer.concat([source, Buffer.from('+')]), ben)
  await readyPictures(world, adding)
  const statuses = []
  for (const { thumbnails, url } of [await shown(id), await shown(other.id, ben)])
    for (const address of [url, thumbnails[0].url]) statuses.push((await fetch(address)).status)
  expect(statuses).toEqual([200, 200, 200, 200])
  await ben.call('DELETE', `/media/${other.id}`)
  await readyPictures(world, adding)
  expect((await fetch((await shown(id)).thumbnails[0].url)).status).toBe(200)
})

describe('a thumbnail', () => {
  let id: string
  beforeAll(async () => {
    ;({ id } = await upload(png(700, 400)))
    await readyPictures(world, inProcessPictures())
    await ann.call('POST', '/posts', { content: 'Look', mediaIds: [id] })
  })
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${api}${path}`, { headers })
  const as = ({ token }: Person) => ({ authorization: `Bearer ${token}` })

  test('is the smallest that is large enough', async () => {
    const sizes = ['', '?size=1', '?size=320', '?size=321', '?size=1280']
    const widths = []
    for (const size of sizes) {
      const answer = await get(`/media/${id}/thumbnail${size}`, as(ben))
      expect(answer.headers.get('content-type')).toBe('image/webp')
      widths.push((await sharp(await answer.arrayBuffer()).metadata()).width)
    }
    expect(widths).toEqual([320, 320, 320, 640, 700])
    expect((await get(`/media/${id}/thumbnail?size=1281`, as(ben))).status).toBe(400)
  })

  test('is cached by browsers, each size by itself', async () => {
    const one = await get(`/media/${id}/thumbnail`, as(ben))
    const tag = one.headers.get('etag') ?? ''
    const again = await get(`/media/${id}/thumbnail`, { ...as(ben), 'if-none-match': tag })
    const other = await get(`/media/${id}/thumbnail?size=640`, { ...as(ben), 'if-none-match': tag })
    expect([again.status, other.status]).toEqual([304, 200])
    expect(one.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('is seen by those who see the picture', async () => {
    expect((await get(`/media/${id}/thumbnail`)).status).toBe(401)
    const [{ url }] = (await shown(id)).thumbnails
    expect((await fetch(url)).status).toBe(200)
    // The signature of a thumbnail does not show the picture.
    expect(
      (await fetch(url.replace('/thumbnail', '/content').replace('size=320&', ''))).status,
    ).toBe(403)
    expect((await fetch(url.replace(/expires=\d/, 'expires=9'))).status).toBe(403)
    await ann.call('PUT', '/users/me/settings', { privacy: 'private' })
    expect((await get(`/media/${id}/thumbnail`, as(ben))).status).toBe(404)
    expect((await get(`/media/${id}/thumbnail`, as(ann))).status).toBe(200)
    await ann.call('PUT', '/users/me/settings', { privacy: 'public' })
  })

  test('is of pictures only', async () => {
    const document = await upload(pdf)
    expect((await get(`/media/${document.id}/thumbnail`, as(ann))).status).toBe(404)
    expect((await get(`/media/${randomUUID()}/thumbnail`, as(ann))).status).toBe(404)
  })
})

describe('a picture that is worked on', () => {
  test('is seen by nobody, its bytes not even by its owner', async () => {
    const { id, url } = await upload(png(3, 3, 'worked on'))
    expect((await ben.call('GET', `/media/${id}`)).status).toBe(404)
    await world.readModels.fold()
    const listed = async (by: Person) =>
      (await by.call('GET', `/users/${ann.id}/media`)).body.data.media.some(
        (one: { id: string }) => one.id === id,
      )
    expect([await listed(ann), await listed(ben)]).toEqual([true, false])
    const answer = await fetch(url)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([409, '2'])
    // A request that comes before it is ready waits.
    const waiting = fetch(url)
    await readyPictures(world)
    expect((await waiting).status).toBe(200)
  })

  test('is deleted for good, whenever its cleaning ends', async () => {
    const before = await keys()
    const { id } = await upload(png(3, 3, 'deleted'))
    const late: Pictures = {
      clean: async (...asked) => {
        const facts = await unchangedPictures.clean(...asked)
        await ann.call('DELETE', `/media/${id}`)
        return facts
      },
    }
    await readyPictures(world, late)
    expect((await ann.call('GET', `/media/${id}`)).status).toBe(404)
    expect(await keys()).toEqual(before)
  })

  test('is worked on again where a crash or an outage has interrupted that', async () => {
    const { id, url } = await upload(png(4, 4, 'interrupted'))
    const away = failing(1, () => new Unavailable('The store is away'))
    await expect(readyPictures(world, away)).rejects.toThrow('The store is away')
    expect((await shown(id)).status).toBe('PROCESSING')
    await readyPictures(world, away)
    expect((await fetch(url)).status).toBe(200)
  })
})

test('what a crash has left after cleaning is removed by the repetition', async () => {
  const before = await keys()
  const { executor } = world.deps
  const { id } = await upload(await gpsPicture(20, 10))
  // The crash: the process ends as soon as the result is recorded.
  const crashing: HttpWorld['deps']['executor'] = {
    ...executor,
    execute: async (...asked) => {
      const answer = await executor.execute(...asked)
      const [, , command] = asked
      if (command.type === 'FinishPicture') throw new Error('killed')
      return answer
    },
  }
  const died = readyPictures(
    { ...world, deps: { ...world.deps, executor: crashing } },
    inProcessPictures(),
  )
  await expect(died).rejects.toThrow('killed')
  expect((await keys()).length).toBe(before.length + 3)
  await readyPictures(world, inProcessPictures())
  expect((await keys()).length).toBe(before.length + 2)
  expect((await shown(id)).status).toBe('READY')
})

describe('a hostile picture', () => {
  test('whose process is killed is decoded again', async () => {
    let kills = 0
    const pictures = childProcessPictures({}, (pid = 0) => {
      kills += 1
      if (kills < 3) process.kill(pid, 'SIGKILL')
    })
    const { id } = await upload(png(5, 5, 'killed'))
    await readyPictures(world, pictures)
    expect([kills, (await shown(id)).status]).toEqual([3, 'READY'])
  })

  test('that kills its process each time is rejected, and harms no other', async () => {
    const { id, url } = await upload(png(6, 6, 'killer'))
    await readyPictures(
      world,
      failing(3, () => new PictureFailed('killed')),
    )
    expect(await shown(id)).toMatchObject({ status: 'REJECTED', reason: 'not_decodable' })
    expect((await shown(id)).url).toBe(undefined)
    expect((await fetch(url)).status).toBe(404)
    expect((await ben.call('GET', `/media/${id}`)).status).toBe(404)
  })

  test('that takes too long is rejected at once', async () => {
    const { id } = await upload(png(6, 6, 'slow'))
    const slow = failing(1, () => new PictureTooSlow('slow'))
    await readyPictures(world, slow)
    expect(await shown(id)).toMatchObject({ status: 'REJECTED', reason: 'not_decodable' })
  })

  test('that cannot be decoded is rejected, and its bytes and space are freed', async () => {
    const eve = await world.someone('eve')
    const before = await keys()
    const { id } = await upload(gif(30_000, 3_000), eve)
    await readyPictures(world, inProcessPictures())
    expect(await shown(id, eve)).toMatchObject({ status: 'REJECTED', reason: 'unreadable' })
    expect(await keys()).toEqual(before)
    const { state } = await world.deps.executor.stateOf(media, asId(MediaId, id))
    expect(state.status).toBe('rejected')
    expect((await eve.call('DELETE', `/media/${id}`)).status).toBe(200)
  })
})

test('bytes and thumbnails that cleaning has left behind are swept', async () => {
  const commandId = randomUUID()
  const origin = { commandId, actorId: 'test', correlationId: commandId }
  const { id } = await upload(png(8, 8, 'swept'))
  await readyPictures(world)
  const mine = (await keys()).filter((key) => key.includes(id))
  expect(mine.length).toBe(2)
  const later = { ...world.deps, clock: () => new Date(Date.now() + 25 * 60 * 60_000) }
  const blobs = {
    ...world.deps.blobs,
    list: async function* () {
      for await (const one of world.deps.blobs.list()) yield { ...one, listedAt: later.clock() }
    },
  }
  await sweepBlobs({ ...later, blobs }, { origin, isDryRun: false })
  expect((await keys()).filter((key) => key.includes(id))).toEqual(mine)
})
