import streams from '@eventstore/db-client/generated/streams_pb.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recorded, someMetadata } from '#kernel/testing'
import { eventMessage } from './event-message.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 300 })

test('the generated classes decode hand-written messages', () =>
  fc.assert(
    fc.property(
      fc.record({
        type: text,
        stream: text,
        data: fc.jsonValue(),
        actorId: text,
        revision: fc.nat(),
        position: fc.bigInt(1n, 2n ** 53n - 1n),
        eventId: fc.uuid(),
        halves: fc.boolean(),
      }),
      ({ type, stream, data, actorId, revision, position, eventId, halves }) => {
        const metadata = { ...someMetadata, actorId }
        const place = { revision, position, eventId, metadata, at: '2030-01-01T00:00:00.001Z' }
        const bytes = eventMessage(
          recorded(stream, { type, data }, place),
          halves ? 'halves' : 'text',
        )
        const read = streams.ReadResp.deserializeBinary(bytes).getEvent()
        const event = read?.getEvent()
        const textOf = (value: Uint8Array | undefined) => Buffer.from(value ?? []).toString('utf8')
        expect({
          commit: read?.getCommitPosition(),
          positions: [event?.getCommitPosition(), event?.getPreparePosition()],
          revision: event?.getStreamRevision(),
          stream: textOf(event?.getStreamIdentifier()?.getStreamName_asU8()),
          metadata: Object.fromEntries(event?.getMetadataMap().toArray() ?? []),
          data: JSON.parse(textOf(event?.getData_asU8())),
          actorId: JSON.parse(textOf(event?.getCustomMetadata_asU8())).actorId,
          link: read?.hasLink(),
        }).toEqual({
          commit: String(position),
          positions: [String(position), String(position)],
          revision: String(revision),
          stream,
          metadata: {
            type,
            'content-type': 'application/json',
            created: '18934560000010000',
          },
          data: JSON.parse(JSON.stringify(data)),
          actorId,
          link: false,
        })
        const id = event?.getId()
        const bits = (half: string | undefined) =>
          BigInt.asUintN(64, BigInt(half ?? 0))
            .toString(16)
            .padStart(16, '0')
        const parts = id?.getStructured()
        expect(
          parts
            ? bits(parts.getMostSignificantBits()) + bits(parts.getLeastSignificantBits())
            : id?.getString().replaceAll('-', ''),
        ).toBe(eventId.replaceAll('-', ''))
      },
    ),
    { numRuns: 300 },
  ))
