import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import type { Gig } from '../gigs/gig-queries.ts'
import { common } from '../i18n/common.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { Card, Muted, Row } from '../ui/layout.tsx'
import { Stars } from '../ui/media.tsx'
import { Badge, Notice, type Kind } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { sellingTexts } from './texts.ts'

const kinds: Readonly<Record<Gig['status'], Kind | 'neutral'>> = {
  DRAFT: 'neutral',
  PUBLISHED: 'good',
  PAUSED: 'warn',
}

const Delete = ({ gig: { id, title } }: { readonly gig: Gig }) => {
  const t = useTexts(sellingTexts)
  const { delete: label } = useTexts(common)
  const [isOpen, setIsOpen] = useState(false)
  const remove = useCommand({
    send: (_: void, once) =>
      run(api.DELETE('/api/v1/gigs/{id}', { params: { path: { id } }, ...once })),
    onDone: () => setIsOpen(false),
  })
  return (
    <>
      <Button small look="danger" aria-label={t.deleteNamed(title)} onClick={() => setIsOpen(true)}>
        {label}
      </Button>
      <Confirm
        title={t.deleteTitle}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        onConfirm={() => remove.mutate()}
        confirmLabel={label}
        busy={remove.isPending}
        error={remove.error}
      >
        <p>{title}</p>
        <p>{t.deleteBody}</p>
      </Confirm>
    </>
  )
}

/** A gig in the list of its seller, who publishes, pauses, changes and deletes it there. */
export const MyGig = ({ gig }: { readonly gig: Gig }) => {
  const t = useTexts(sellingTexts)
  const { edit } = useTexts(common)
  const { money, number } = useFormats()
  const problemText = useProblemText()
  const { id, title, status, from, orders, rating } = gig
  const isOffered = status === 'PUBLISHED'
  const move = useCommand({
    send: (_: void, once) =>
      run(
        api.POST(isOffered ? '/api/v1/gigs/{id}/pause' : '/api/v1/gigs/{id}/publish', {
          params: { path: { id } },
          ...once,
        }),
      ),
  })
  const names = { DRAFT: t.draft, PUBLISHED: t.published, PAUSED: t.paused }
  return (
    <li>
      <Card>
        <Row between>
          <Link to="/gigs/$id" params={{ id }}>
            <strong>{title}</strong>
          </Link>
          <span aria-live="polite">
            <Badge kind={kinds[status]}>{names[status]}</Badge>
          </span>
        </Row>
        <Row>
          <span>{t.fromPrice(money(from))}</span>
          <Muted>{t.inWork(number(orders.active))}</Muted>
          <Muted>{t.done(number(orders.completed))}</Muted>
          <Stars rating={rating.average} count={rating.count} />
        </Row>
        <Row>
          <Button
            small
            busy={move.isPending}
            aria-label={isOffered ? t.pauseNamed(title) : t.publishNamed(title)}
            onClick={() => move.mutate()}
          >
            {isOffered ? t.pause : t.publish}
          </Button>
          <ButtonLink small to="/selling/gigs/$id" params={{ id }} aria-label={t.editNamed(title)}>
            {edit}
          </ButtonLink>
          <Delete gig={gig} />
        </Row>
        {move.error && <Notice kind="bad">{problemText(move.error)}</Notice>}
      </Card>
    </li>
  )
}
