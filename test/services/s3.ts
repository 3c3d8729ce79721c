import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, fetchJars } from './maven.ts'
import type { Program } from './service.ts'

const version = '3.1.0'

/** The access key of the server, and its secret. */
export const s3Credentials = { accessKeyId: 'agora', secretAccessKey: 'agora-secret' }

/** The only bucket at the start. */
export const s3Bucket = 'agora'

const jars = () =>
  cached(`s3proxy-${version}`, (folder) =>
    fetchJars(folder, [
      `org.gaul:s3proxy:${version}`,
      // An older one that Maven would choose lacks what the answers to multipart uploads need.
      'com.fasterxml.jackson.core:jackson-databind:2.21.2',
      'com.fasterxml.jackson.core:jackson-core:2.21.2',
    ]),
  )

const logging = `<configuration><appender name="A" class="ch.qos.logback.core.ConsoleAppender"><encoder>
<pattern>%d %p %c{0} %m%n</pattern></encoder></appender><root level="warn"><appender-ref ref="A"/></root></configuration>`

/** A server of the S3 API (S3Proxy) over files, which checks signatures, those of presigned URLs as well. */
export const s3: Program = {
  name: 's3',
  fetch: async () => void (await jars()),
  command: async (port, folder) => {
    const home = await jars()
    const data = join(folder, 'data')
    // Readable by its owner only, it is a private bucket.
    await mkdir(join(data, s3Bucket), { recursive: true, mode: 0o700 })
    const { accessKeyId, secretAccessKey } = s3Credentials
    const settings = {
      's3proxy.endpoint': `http://127.0.0.1:${port}`,
      's3proxy.authorization': 'aws-v2-or-v4',
      's3proxy.identity': accessKeyId,
      's3proxy.credential': secretAccessKey,
      's3proxy.ignore-unknown-headers': 'true',
      'jclouds.provider': 'filesystem-nio2',
      'jclouds.identity': accessKeyId,
      'jclouds.credential': secretAccessKey,
      'jclouds.filesystem.basedir': data,
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(join(folder, 's3proxy.conf'), lines.join(''))
    await writeFile(join(folder, 'logback.xml'), logging)
    return [
      'java',
      '-Xmx256m',
      '-XX:TieredStopAtLevel=1',
      `-Dlogback.configurationFile=${join(folder, 'logback.xml')}`,
      '-cp',
      `${home}/*`,
      'org.gaul.s3proxy.Main',
      '--properties',
      join(folder, 's3proxy.conf'),
    ]
  },
  isReady: async (port) => {
    const bucket = `http://127.0.0.1:${port}/${s3Bucket}`
    const { status } = await fetch(bucket, { signal: AbortSignal.timeout(3_000) })
    return status === 200 || status === 403
  },
  urlOf: (port) => `http://127.0.0.1:${port}`,
}
