import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { channels } from '../../../src/domains/index.ts'
import { messageOf } from '#kernel/error-message'
import type { Finding } from './findings.ts'
import type { Stage } from './stage.ts'
import type { Served } from './target.ts'

/** Handshakes as clients send them in their packets, for a namespace. */
const handshakes = (namespace: string, token: string): readonly string[] => [
  `40${namespace},${JSON.stringify({ token })}`,
  `40${namespace},`,
  `40${namespace},{}`,
  `40${namespace},null`,
  `40${namespace},[]`,
  `40${namespace},"x"`,
  `40${namespace},{"token":null}`,
  `40${namespace},{"token":{"toString":1}}`,
  `40${namespace},{"token":["${token}"]}`,
  `40${namespace},{"token":"${'x'.repeat(5_000)}"}`,
  `40${namespace},{"token":"${token}","afterPosition":{"a":1}}`,
  `40${namespace},{"token":"${token}","afterPosition":"99999999999999999999"}`,
  `40${namespace},{"token":"${token}","afterPosition":-1}`,
  `40${namespace},{"__proto__":{"token":"${token}"}}`,
  `40${namespace}?token=x,{}`,
  `40/no-such-namespace,{}`,
  `40__proto__,{}`,
]

/** Packets of a connected client, for a namespace; some of them are none. */
const packets = (namespace: string): readonly (string | Buffer)[] => [
  '',
  '2',
  '3probe',
  '4',
  '42',
  '5',
  '6',
  '9',
  'x',
  '4x',
  '48',
  `42${namespace}`,
  `42${namespace},`,
  `42${namespace},{}`,
  `42${namespace},[]`,
  `42${namespace},[1]`,
  `42${namespace},[null,{}]`,
  `42${namespace},["connect"]`,
  `42${namespace},["disconnect"]`,
  `42${namespace},["disconnecting"]`,
  `42${namespace},["newListener",1]`,
  `42${namespace},["__proto__",{}]`,
  `42${namespace},[{"a":1}]`,
  `42${namespace},99999999999999999999["x",1]`,
  `42${namespace},-1["x"]`,
  `43${namespace},0[{"ok":true}]`,
  `43${namespace},["x"]`,
  `44${namespace},{"message":"x"}`,
  `451-${namespace},["x",{"_placeholder":true,"num":0}]`,
  `45999999-${namespace},["x",{"_placeholder":true,"num":0}]`,
  `451-${namespace},["x",{"_placeholder":true,"num":-1}]`,
  `451-${namespace},["x",{"_placeholder":true,"num":"constructor"}]`,
  `461-${namespace},0[{"_placeholder":true,"num":0}]`,
  Buffer.from([0, 255, 1]),
  `42${namespace},${'['.repeat(20_000)}`,
  `42${namespace},["x",${'['.repeat(10_000)}${']'.repeat(10_000)}]`,
  `42${namespace},["x","${'x'.repeat(70_000)}"]`,
  `41${namespace},`,
]

/** Opens a WebSocket of Engine.IO. @returns undefined when it is not opened */
const opened = async (url: string): Promise<WebSocket | undefined> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  socket.binaryType = 'arraybuffer'
  const isOpen = await Promise.race([
    once(socket, 'open').then(() => true),
    once(socket, 'error').then(() => false),
  ])
  return isOpen ? socket : undefined
}

const queries = [
  'EIO=4&transport=polling',
  'EIO=3&transport=polling',
  'EIO=x&transport=nonsense',
  'EIO=4&transport=polling&sid=__proto__',
  'EIO=4&transport=websocket&sid=x',
  'EIO=4&transport=polling&b64=1&j=0',
  'EIO=4&EIO=4&transport=polling&transport=polling',
  '',
]

/** Sends handshakes and packets that no client of Socket.IO sends, and looks whether the server still answers. */
export const sendRawPackets = async (
  served: Served,
  stage: Stage,
  {
    count,
    report,
    namespaces,
  }: {
    readonly count: () => void
    readonly report: (finding: Finding) => void
    /** Number of namespaces that they are sent to. */
    readonly namespaces: number
  },
): Promise<void> => {
  const found = (what: string, sent: string | Buffer, detail: string) =>
    report({ part: 'sockets', where: 'a raw packet', what, detail, reproduction: String(sent) })
  const look = async (sent: string | Buffer) => {
    try {
      const { status } = await fetch(`${served.url}/health/live`, {
        signal: AbortSignal.timeout(30_000),
      })
      if (status !== 200) found(`the server answers with ${status}`, sent, '')
    } catch (error) {
      found(
        served.hasEnded() ? 'the process ended' : 'the server does not answer',
        sent,
        messageOf(error),
      )
    }
  }
  for (const { namespace, access } of channels.slice(0, namespaces)) {
    const { token = '' } =
      stage.personOf(access === 'user' ? 'buyer' : access === 'admin' ? 'admin' : 'analyst') ?? {}
    const entered = `40${namespace},${JSON.stringify({ token })}`
    for (const packet of [...handshakes(namespace, token), ...packets(namespace)]) {
      const socket = await opened(served.url)
      if (!socket) {
        found('no WebSocket was opened', packet, '')
        continue
      }
      count()
      if (!String(packet).startsWith('40')) {
        socket.send(entered)
        await Promise.race([once(socket, 'message'), once(socket, 'close'), pause(1_000)])
      }
      socket.send(typeof packet === 'string' ? packet : Uint8Array.from(packet))
      await Promise.race([once(socket, 'message'), once(socket, 'close'), pause(20)])
      socket.close()
    }
    await look(`those of ${namespace}`)
  }
  for (const query of queries)
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      count()
      const answered = await fetch(`${served.url}/socket.io/?${query}`, {
        method,
        signal: AbortSignal.timeout(30_000),
        ...(method === 'POST' && { body: '4\u001ex\u001e42["x"]' }),
      }).catch((error: unknown) => {
        found('no answer', `${method} /socket.io/?${query}`, messageOf(error))
      })
      if (answered && answered.status >= 500)
        found(String(answered.status), `${method} /socket.io/?${query}`, await answered.text())
    }
}
