import { agoraHere } from '../support/agora.ts'
import { buying } from '../support/buying.ts'

buying('PostgreSQL', agoraHere, { each: 50 })
