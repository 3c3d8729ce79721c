import { randomUUID } from 'node:crypto'
import { cleanPicture } from '../../src/domains/media/jobs/clean-picture.ts'
import type { Pictures } from '../../src/platform/external/pictures/port.ts'
import { boundJob } from '../../src/serving/job.ts'
import type { HttpWorld } from './http.ts'
import { jobPorts } from './job-ports.ts'

/** Leaves pictures as they are, with one thumbnail: for tests that are about something else. */
export const unchangedPictures: Pictures = {
  clean: async (source, { sizes }, receive) => {
    const pieces = await Array.fromAsync(source)
    const bytesOf = async function* (bytes: Buffer) {
      yield bytes
    }
    const size = { width: 1, height: 1 }
    await receive({ ...size, bytes: bytesOf(Buffer.concat(pieces)) })
    await receive({ ...size, box: sizes[0], bytes: bytesOf(Buffer.from('thumbnail')) })
    return { colour: '#808080' }
  },
}

/** Runs the job that cleans pictures, for all that were uploaded. @param pictures default: they are left as they are */
export const readyPictures = async (
  world: Pick<HttpWorld, 'deps' | 'readModels' | 'log'>,
  pictures: Pictures = unchangedPictures,
): Promise<void> => {
  const { dataOf, run } = boundJob(cleanPicture, jobPorts(world, { pictures }))
  const { events } = await world.log.readAll({ after: 0n, limit: 100_000 })
  for (const event of events.filter(({ type }) => type === 'MediaUploaded')) {
    const commandId = randomUUID()
    const data = dataOf(event)
    if (data) await run(data, { commandId, actorId: 'test', correlationId: commandId })
  }
}
