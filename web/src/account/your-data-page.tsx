import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTexts } from '../i18n/language.tsx'
import { Page, Stack } from '../ui/layout.tsx'
import { AccountFrame } from './account-frame.tsx'
import { accountTexts } from './account-texts.ts'
import { DataDownload } from './data-download.tsx'
import { dataTexts } from './data-texts.ts'
import { Deletion, type Deleted } from './deletion.tsx'

const Farewell = ({ orders: { calledOff, toShip } }: Deleted) => {
  const t = useTexts(dataTexts)
  return (
    <Page title={t.farewell} narrow>
      <p>{t.deleted}</p>
      {calledOff.length > 0 && <p>{t.calledOff(calledOff.length)}</p>}
      {toShip.length > 0 && <p>{t.toShip(toShip.length)}</p>}
      <Link to="/">{t.toShop}</Link>
    </Page>
  )
}

/** The user's data: download, and deletion together with the account. */
const YourDataPage = () => {
  const t = useTexts(accountTexts)
  const [deleted, setDeleted] = useState<Deleted>()
  if (deleted) return <Farewell {...deleted} />
  return (
    <AccountFrame title={t.yourData}>
      {(user) => (
        <Stack>
          <DataDownload user={user} />
          <Deletion user={user} onDeleted={setDeleted} />
        </Stack>
      )}
    </AccountFrame>
  )
}

export default YourDataPage
