import { createHash } from 'crypto'
import { bytes } from '../../../lib/answers'

export const config = { api: { bodyParser: false } }

export default async function handler(req, res) {
  const body = await bytes(req)
  res.json({
    parsedBodyType: typeof req.body,
    length: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
    head: body.subarray(0, 64).toString('base64'),
  })
}
