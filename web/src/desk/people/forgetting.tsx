import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link } from '@tanstack/react-router'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Loaded, useToast } from '../../ui/feedback.tsx'
import { Form, TextField } from '../../ui/form.tsx'
import { Card, List, Muted, Stack, Table, Terms } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Moment } from '../../ui/time.tsx'
import { accountQuery, receiptQuery, type Receipt } from './people-queries.ts'
import { peopleTexts } from './texts.ts'

/** Whether something was found in a place, or there is something to say about it. */
const isNotable = ({ found, note }: NonNullable<Receipt['places']>[number]): boolean =>
  found > 0 || note !== undefined

const ReceiptOf = ({ receipt }: { readonly receipt: Receipt }) => {
  const t = useTexts(peopleTexts)
  const { number } = useFormats()
  const { status, keyDestroyedAt, places = [], beyond = [] } = receipt
  const empty = places.filter((one) => !isNotable(one))
  if (status === 'pending') return <Notice>{t.pending}</Notice>
  return (
    <Stack>
      <Notice kind="good">{t.forgotten}</Notice>
      <Terms
        of={[[t.keyDestroyed, keyDestroyedAt && <Moment key="destroyed" at={keyDestroyedAt} />]]}
      />
      <Table
        caption={t.receipt}
        rows={places.filter(isNotable)}
        keyOf={({ place }) => place}
        columns={[
          {
            head: t.place,
            cell: ({ place, note }) => (
              <>
                {place}
                {note !== undefined && (
                  <p>
                    <Muted>{note}</Muted>
                  </p>
                )}
              </>
            ),
          },
          { head: t.found, cell: ({ found }) => number(found), isNumber: true },
          { head: t.removed, cell: ({ removed }) => number(removed), isNumber: true },
        ]}
      />
      {empty.length > 0 && (
        <details>
          <summary>{t.nothingIn(number(empty.length))}</summary>
          <p>{empty.map(({ place }) => place).join(', ')}</p>
        </details>
      )}
      {beyond.length > 0 && (
        <>
          <h3>{t.beyond}</h3>
          <List label={t.beyond}>
            {beyond.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </List>
        </>
      )}
    </Stack>
  )
}

const Orders = ({ title, ids }: { readonly title: string; readonly ids: readonly string[] }) =>
  ids.length === 0 ? null : (
    <Notice kind="warn">
      <p>{title}</p>
      <List label={title}>
        {ids.map((id) => (
          <li key={id}>
            <Link to="/desk/orders/$id" params={{ id }}>
              {id}
            </Link>
          </li>
        ))}
      </List>
    </Notice>
  )

/**
 * Erases a person for good, once the admin has typed how the account is called, and shows the receipt.
 * @param props.word what is to be typed
 * @param props.hasLeft whether the account is closed, so that there may be a receipt
 */
export const Forgetting = ({
  id,
  word,
  hasLeft,
}: {
  readonly id: string
  readonly word: string
  readonly hasLeft: boolean
}) => {
  const t = useTexts(peopleTexts)
  const toast = useToast()
  const [isOpen, setIsOpen] = useState(false)
  const [isMistyped, setIsMistyped] = useState(false)
  const forget = useCommand({
    send: (_: void, once) =>
      run(
        api.POST('/api/v1/admin/users/{user}/forget', {
          params: { path: { user: id } },
          ...once,
        }),
      ),
    onDone: () => {
      setIsOpen(false)
      toast(t.forgetStarted)
    },
  })
  const mayHaveReceipt = hasLeft || forget.data !== undefined
  const query = useQuery({ ...receiptQuery(id), enabled: mayHaveReceipt })
  const queries = useQueryClient()
  const isForgotten = query.data?.status === 'forgotten'
  useEffect(() => {
    // The account was closed meanwhile.
    if (isForgotten) void queries.invalidateQueries({ queryKey: accountQuery(id).queryKey })
  }, [isForgotten, queries, id])
  const isLeaving = mayHaveReceipt && query.data !== null
  return (
    <Card title={isLeaving ? t.receipt : t.forget}>
      {forget.data && (
        <>
          <Orders title={t.calledOff} ids={forget.data.orders.calledOff} />
          <Orders title={t.toShip} ids={forget.data.orders.toShip} />
        </>
      )}
      {isLeaving ? (
        <Loaded query={query}>{(receipt) => receipt && <ReceiptOf receipt={receipt} />}</Loaded>
      ) : (
        <Stack>
          <p>{t.forgetText}</p>
          <div>
            <Button look="danger" onClick={() => setIsOpen(true)}>
              {t.forgetStart}
            </Button>
          </div>
        </Stack>
      )}
      <Dialog title={t.forgetTitle(word)} isOpen={isOpen} onClose={() => setIsOpen(false)}>
        <p>{t.forgetText}</p>
        <Form
          busy={forget.isPending}
          error={forget.error}
          submitLabel={t.forgetNow}
          onSubmit={(values) => {
            const isRight = values.text('word') === word
            setIsMistyped(!isRight)
            if (isRight) forget.mutate()
          }}
        >
          <TextField name="word" label={t.forgetType(word)} autoComplete="off" />
          {isMistyped && <Notice kind="bad">{t.forgetMismatch}</Notice>}
        </Form>
      </Dialog>
    </Card>
  )
}
