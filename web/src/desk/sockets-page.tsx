import { queryOptions, useQuery } from '@tanstack/react-query'
import { problemOf, offlineProblem } from '../api/problem.ts'
import { useTexts } from '../i18n/language.tsx'
import { Loaded } from '../ui/feedback.tsx'
import { Page, Row, Stack } from '../ui/layout.tsx'
import { namespacesIn } from './sockets/async-api.ts'
import { Namespace } from './sockets/messages.tsx'
import { socketsTexts } from './sockets/texts.ts'

/** The document lies beside the API, without its envelope. */
const documentQuery = queryOptions({
  queryKey: ['asyncapi'],
  queryFn: async () => {
    const response = await fetch('/docs/asyncapi.json').catch(() => {
      throw offlineProblem()
    })
    if (!response.ok) throw problemOf(response, undefined)
    const document: unknown = await response.json()
    return namespacesIn(document)
  },
  staleTime: Infinity,
})

/** The sockets' reference: namespaces, requests, pushes and their fields. */
const SocketsPage = () => {
  const t = useTexts(socketsTexts)
  const query = useQuery(documentQuery)
  return (
    <Page
      title={t.title}
      actions={
        <Row>
          <a href="/docs">{t.http}</a>
          <a href="/docs/asyncapi.json">{t.document}</a>
        </Row>
      }
    >
      <p>{t.about}</p>
      <Loaded query={query} skeletons={4}>
        {(namespaces) => (
          <Stack>
            <nav aria-label={t.namespaces}>
              <Row>
                {namespaces.map(({ name }) => (
                  <a key={name} href={`#${name.slice(1)}`}>
                    {name}
                  </a>
                ))}
              </Row>
            </nav>
            {namespaces.map((namespace) => (
              <Namespace key={namespace.name} namespace={namespace} />
            ))}
          </Stack>
        )}
      </Loaded>
    </Page>
  )
}

export default SocketsPage
