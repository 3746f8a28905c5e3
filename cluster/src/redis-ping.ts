import { connect } from 'node:net'

/** Says null when Redis answers PING, else in a few words what it does instead. */
export function pingRedis(port: number, limitMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const end = (answer: string | null) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(limitMs, () => end('does not answer'))
    socket.once('connect', () => void socket.write('PING\r\n'))
    socket.once('error', () => end('does not listen'))
    socket.once('data', (data) => {
      const text = data.toString().trim()
      end(text === '+PONG' ? null : `answers ${text}`)
    })
    socket.once('end', () => end('hangs up'))
  })
}
