import { agoraHere } from '../support/agora.ts'
import { searching } from '../support/searching.ts'

searching('PostgreSQL', agoraHere)
