import { useTexts } from '../../i18n/language.tsx'
import { Card, Muted, Stack, Table } from '../../ui/layout.tsx'
import type { Message, MessageField, Request, SocketNamespace } from './async-api.ts'
import css from './sockets.module.css'
import { socketsTexts } from './texts.ts'

const Fields = ({
  caption,
  fields,
}: {
  readonly caption: string
  readonly fields: readonly MessageField[]
}) => {
  const t = useTexts(socketsTexts)
  return fields.length === 0 ? (
    <Muted>{t.noFields}</Muted>
  ) : (
    <Table
      caption={caption}
      rows={fields}
      keyOf={({ path }) => path}
      columns={[
        {
          head: t.field,
          cell: ({ path, isRequired }) => (
            <>
              <code>{path}</code> {!isRequired && <Muted>({t.optional})</Muted>}
            </>
          ),
        },
        { head: t.type, cell: ({ type }) => <code>{type}</code> },
        { head: t.meaning, cell: ({ about }) => about },
      ]}
    />
  )
}

const MessageFields = ({ message }: { readonly message: Message | Request }) => {
  const t = useTexts(socketsTexts)
  const { name, about, fields } = message
  return (
    <div className={css.message}>
      <h4>
        <code>{name}</code>
      </h4>
      <p>{about}</p>
      <Fields caption={t.payloadOf(name)} fields={fields} />
      {'answer' in message && (
        <details>
          <summary>{t.answerOf(name)}</summary>
          <Fields caption={t.answerOf(name)} fields={message.answer} />
        </details>
      )}
    </div>
  )
}

/** A namespace of the sockets with its requests and pushes. */
export const Namespace = ({ namespace }: { readonly namespace: SocketNamespace }) => {
  const t = useTexts(socketsTexts)
  const { name, about, requests, pushes } = namespace
  return (
    <div id={name.slice(1)}>
      <Card title={name}>
        <p>{about}</p>
        <Stack tight>
          <h3>{t.requests}</h3>
          {requests.length === 0 && <Muted>{t.noRequests}</Muted>}
          {requests.map((one) => (
            <MessageFields key={one.name} message={one} />
          ))}
        </Stack>
        <Stack tight>
          <h3>{t.pushes}</h3>
          {pushes.length === 0 && <Muted>{t.noPushes}</Muted>}
          {pushes.map((one) => (
            <MessageFields key={one.name} message={one} />
          ))}
        </Stack>
      </Card>
    </div>
  )
}
