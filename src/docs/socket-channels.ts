import { Type } from 'typebox'
import { Fields } from '#kernel'
import type { Ask, Messages, Tell } from '../serving/message.ts'
import { jsonSchemaOf } from './json-schema.ts'

/** Channels and operations of an AsyncAPI document, by their ids. */
export type Parts = {
  readonly channels: Readonly<Record<string, object>>
  readonly operations: Readonly<Record<string, object>>
}

/** Name of a message as a part of an id: `order.subscribe`. */
const dotted = (name: string): string => name.replaceAll(':', '.')

const keyOf = {
  ask: (name: string) => `ask.${dotted(name)}`,
  answer: (name: string) => `answer.${dotted(name)}`,
  tell: (name: string) => `tell.${dotted(name)}`,
}

const askMessages = ([name, { about, payload, details }]: readonly [string, Ask]) =>
  [
    [keyOf.ask(name), { name, summary: about, payload: jsonSchemaOf(payload) }],
    [
      keyOf.answer(name),
      {
        name: `${name} (acknowledgement)`,
        summary: `Acknowledgement of ${name}.`,
        payload: {
          oneOf: [
            jsonSchemaOf(Fields({ ok: Type.Literal(true), ...details.properties })),
            { $ref: '#/components/schemas/Refused' },
          ],
        },
      },
    ],
  ] as const

const tellMessage = ([name, { about, payload, after }]: readonly [string, Tell]) =>
  [
    keyOf.tell(name),
    {
      name,
      summary: about,
      payload: jsonSchemaOf(payload),
      ...(after.length > 0 && { 'x-after-events': after }),
    },
  ] as const

/** Channels of the sockets: one for each namespace, with requests and their answers, and pushed messages. */
export const socketChannels = (sockets: Readonly<Record<string, Messages>>): Parts => {
  const all = Object.entries(sockets).map(([address, messages]) => ({
    address,
    id: `${address.slice(1)}Sockets`,
    ...messages,
  }))
  const message = (channel: string, key: string) => ({
    $ref: `#/channels/${channel}/messages/${key}`,
  })
  return {
    channels: Object.fromEntries(
      all.map(({ address, id, about, client, server }) => [
        id,
        {
          address,
          title: `Socket.IO namespace ${address}`,
          description: about,
          servers: [{ $ref: '#/servers/sockets' }],
          messages: Object.fromEntries([
            ...Object.entries(client).flatMap(askMessages),
            ...Object.entries(server).map(tellMessage),
          ]),
        },
      ]),
    ),
    operations: Object.fromEntries(
      all.flatMap(({ id, client, server }) => [
        ...Object.entries(client).map(([name, { about }]) => [
          `${id}.${keyOf.ask(name)}`,
          {
            action: 'receive',
            summary: about,
            channel: { $ref: `#/channels/${id}` },
            messages: [message(id, keyOf.ask(name))],
            reply: {
              channel: { $ref: `#/channels/${id}` },
              messages: [message(id, keyOf.answer(name))],
            },
          },
        ]),
        ...Object.entries(server).map(([name, { about }]) => [
          `${id}.${keyOf.tell(name)}`,
          {
            action: 'send',
            summary: about,
            channel: { $ref: `#/channels/${id}` },
            messages: [message(id, keyOf.tell(name))],
          },
        ]),
      ]),
    ),
  }
}
