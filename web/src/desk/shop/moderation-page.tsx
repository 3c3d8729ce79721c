import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTexts } from '../../i18n/language.tsx'
import { Form, TextField } from '../../ui/form.tsx'
import { Card, Stack, TabLink, Tabs } from '../../ui/layout.tsx'
import { Desk } from '../desk.tsx'
import { ModeratedPosts } from './moderated-posts.tsx'
import { ModeratedReviews } from './moderated-reviews.tsx'
import { moderated, moderationFilter } from './moderation-filter.ts'
import { moderationTexts } from './moderation-texts.ts'

const route = getRouteApi('/desk/moderation')

/** Posts, comments and reviews that an admin looks for and may delete. */
const ModerationPage = () => {
  const t = useTexts(moderationTexts)
  const { what = 'posts', q = '' } = route.useSearch()
  const navigate = useNavigate()
  return (
    <Desk title={t.title}>
      <Stack>
        <Tabs label={t.kinds}>
          {moderated.map((one) => (
            <TabLink
              key={one}
              to="/desk/moderation"
              search={{ what: one }}
              activeOptions={{ exact: false }}
            >
              {t[one]}
            </TabLink>
          ))}
        </Tabs>
        <Card>
          <Form
            key={what}
            label={t.title}
            busy={false}
            submitLabel={t.show}
            onSubmit={(values) =>
              void navigate({
                to: '/desk/moderation',
                search: moderationFilter({ what, q: values.text('q') }),
              })
            }
          >
            <TextField
              name="q"
              label={what === 'posts' ? t.words : t.product}
              required={false}
              maxLength={200}
              defaultValue={q}
            />
          </Form>
        </Card>
        {what === 'posts' ? <ModeratedPosts q={q} /> : <ModeratedReviews q={q} />}
      </Stack>
    </Desk>
  )
}

export default ModerationPage
