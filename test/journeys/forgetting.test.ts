import { agoraHere } from '../support/agora.ts'
import { forgetting } from '../support/forgetting.ts'

forgetting('where everything is in PostgreSQL', async () => {
  const agora = await agoraHere()
  return { ...agora, shops: [agora.shop] }
})
