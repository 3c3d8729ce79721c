import { agoraHere } from '../support/agora.ts'
import { buying } from '../support/buying.ts'

// A busy machine may not answer heartbeats for longer than the default, which is no failure of a purchase.
buying('PostgreSQL', (env) => agoraHere({ AGORA_LEASE: '1m', ...env }))
