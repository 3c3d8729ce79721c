/**
 * Agora with further read models, as a program: started with the usual environment, and `FURTHER`, which is JSON: how many
 * of them read nothing of any command, and how many read what `inventory` reads.
 */
import { pino } from 'pino'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { bystanders } from '../../test/budgets/support/bystanders.ts'

const { FURTHER = '{"bystanders":0,"companions":0}', ...env } = process.env
const config = readConfig(env)
const app = await startApp(config, {
  postgresUrl: config.postgresUrl!,
  logger: pino({ level: 'warn' }),
  projections: bystanders(JSON.parse(FURTHER)),
})
process.stdout.write(`${JSON.stringify({ url: app.url })}\n`)
process.once('SIGTERM', () => void app[Symbol.asyncDispose]().then(() => process.exit(0)))
