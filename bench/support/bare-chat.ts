/**
 * A bare Socket.IO server as the reference of chats, in a process of its own: it passes messages on within a conversation,
 * and stores, checks and remembers nothing.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Server } from 'socket.io'

type Ack = (answer: object) => void

const server = createServer()
new Server(server, { serveClient: false }).of('/chat').on('connection', (socket) => {
  socket.on('conversation:join', ({ conversationId }: { conversationId: string }, ack: Ack) => {
    void socket.join(conversationId)
    ack({ ok: true, position: '0' })
  })
  socket.on('message:send', (message: { conversationId: string; text: string }, ack: Ack) => {
    const id = randomUUID()
    socket.nsp.to(message.conversationId).emit('message:new', { id, ...message })
    ack({ ok: true, id, position: '0' })
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address ? address.port : 0
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`)
process.once('SIGTERM', () => process.exit())
