import { Readable } from 'stream'

// Pipes another answer of this server.
export default async function handler(req, res) {
  const answer = await fetch(`http://${req.headers.host}/api/query?hello=from-pipe`)
  Readable.fromWeb(answer.body).pipe(res)
}
