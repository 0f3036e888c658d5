import { createHash } from 'node:crypto'

export const config = { api: { bodyParser: false } }

export default async function handler(req, res) {
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of req) {
    hash.update(chunk)
    length += chunk.length
  }
  res.json({ length, sha256: hash.digest('hex') })
}
