// message-db: its SQL functions through pg, one connection a caller; get_stream_messages, then write_message.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import pg from 'pg'

const manifest = createRequire(import.meta.url).resolve('@eventide/message-db/package.json')

/** The required files of message-db, in the order of their dependencies. */
const scripts = [
  'schema/message-store',
  'tables/messages',
  'types/message',
  'functions/hash-64',
  'functions/category',
  'functions/acquire-lock',
  'functions/is-category',
  'functions/id',
  'functions/cardinal-id',
  'functions/stream-version',
  'functions/write-message',
  'functions/get-stream-messages',
  'indexes/messages-id',
  'indexes/messages-stream',
  'indexes/messages-category',
]

/** @type {import('./peer.ts').OpenPeer} */
export const open = async (url, { callers }) => {
  const pool = new pg.Pool({
    connectionString: url,
    max: callers,
    options: '-c search_path=message_store,public',
  })
  for (const name of scripts) {
    const sql = await readFile(join(dirname(manifest), 'database', `${name}.sql`), 'utf8')
    await pool.query(`SET search_path TO message_store, public;\n${sql}`)
  }
  const write = (stream, expected, { type, data, metadata }) =>
    pool.query({
      name: 'write',
      text: `SELECT write_message($1::varchar, $2::varchar, $3::varchar, $4::jsonb, $5::jsonb, $6::bigint)`,
      values: [
        randomUUID(),
        `stock-${stream}`,
        type,
        JSON.stringify(data),
        JSON.stringify(metadata),
        expected,
      ],
    })
  return {
    seed: async (stream, events) => {
      for (const [index, event] of events.entries()) await write(stream, index - 1, event)
    },
    command: async (stream, decide) => {
      const { rows } = await pool.query({
        name: 'read',
        text: 'SELECT position, data FROM get_stream_messages($1::varchar, 0, 1000)',
        values: [`stock-${stream}`],
      })
      const { quantity } = rows.map(({ data }) => JSON.parse(data)).at(-1)
      await write(stream, rows.length - 1, decide(quantity))
    },
    close: () => pool.end(),
  }
}
