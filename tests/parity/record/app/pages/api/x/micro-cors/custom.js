import microCors from 'micro-cors'
import { hello } from '../../../../lib/answers'

const cors = microCors({
  origin: 'https://example.com',
  maxAge: 60,
  allowMethods: ['GET', 'HEAD'],
  allowHeaders: ['X-Token'],
  exposeHeaders: ['X-Total'],
  allowCredentials: false,
})

export default cors((req, res) => (req.method === 'OPTIONS' ? res.end() : hello(req, res)))
