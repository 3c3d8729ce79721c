import { api, read, run, type BodyOf } from '../api/client.ts'
import { signedIn } from '../api/signed-in.ts'
import { useCommand, type Once } from '../api/use-command.ts'
import { meKey } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Form, TextArea, TextField } from '../ui/form.tsx'
import { Page } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { sellingTexts } from './texts.ts'

type Details = BodyOf<'/api/v1/users/me/seller', 'post'>

/** Interval in which the user is read until the role is granted, in ms. */
const everyMs = 500

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

/** Sends the wish, and waits for the role, which is granted a moment later. */
const becomeSeller = async (body: Details, once: Once): Promise<void> => {
  await run(api.POST('/api/v1/users/me/seller', { body, ...once }))
  while (!(await read(api.GET('/api/v1/users/me'))).roles.includes('seller')) await pause(everyMs)
  // The next access token has the role; the present one has not.
  signedIn.assume()
}

/** The page on which a user becomes a seller. */
export const BecomeSeller = () => {
  const t = useTexts(sellingTexts)
  const become = useCommand({ send: becomeSeller, changes: [meKey] })
  return (
    <Page title={t.becomeTitle} narrow>
      <p>{t.becomeAbout}</p>
      <Form
        label={t.becomeTitle}
        submitLabel={t.become}
        busy={become.isPending}
        error={become.error}
        onSubmit={(values) => {
          const about = values.given('about')
          const displayName = values.text('displayName')
          become.mutate({ displayName, ...(about !== undefined && { about }) })
        }}
      >
        <TextField
          name="displayName"
          label={t.displayName}
          hint={t.displayNameHint}
          maxLength={100}
        />
        <TextArea name="about" label={t.about} required={false} maxLength={2_000} />
      </Form>
      {become.isPending && <Notice>{t.granting}</Notice>}
    </Page>
  )
}
