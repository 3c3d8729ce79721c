import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Failure, More, Skeleton, useToast } from '../ui/feedback.tsx'
import { Card, List, Muted, Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { Ago } from '../ui/time.tsx'
import { blocksQuery } from './account-queries.ts'
import { privacyTexts } from './privacy-texts.ts'

/** The people whom the user blocks, with an end of each block. */
export const BlockedPeople = () => {
  const t = useTexts(privacyTexts)
  const toast = useToast()
  const problemText = useProblemText()
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useInfiniteQuery(blocksQuery)
  const unblock = useCommand({
    send: (id: string) => run(api.DELETE('/api/v1/users/{id}/block', { params: { path: { id } } })),
    onDone: () => toast(t.unblocked),
  })
  const blocks = data?.pages.flatMap((page) => page.blocks)
  return (
    <Card title={t.blocked}>
      <p>{t.blockedHint}</p>
      {!blocks && (error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />)}
      {blocks?.length === 0 && (
        <Empty>
          <p>{t.nobodyBlocked}</p>
        </Empty>
      )}
      {blocks && blocks.length > 0 && (
        <List label={t.blocked}>
          {blocks.map(({ userId, username = t.left, since }) => (
            <li key={userId}>
              <Row between>
                <span>
                  <Link to="/people/$id" params={{ id: userId }}>
                    {username}
                  </Link>{' '}
                  <Muted>
                    <Ago at={since} />
                  </Muted>
                </span>
                <Button
                  small
                  busy={unblock.isPending && unblock.variables === userId}
                  aria-label={t.unblockOf(username)}
                  onClick={() => unblock.mutate(userId)}
                >
                  {t.unblock}
                </Button>
              </Row>
            </li>
          ))}
        </List>
      )}
      {unblock.error && <Notice kind="bad">{problemText(unblock.error)}</Notice>}
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </Card>
  )
}
