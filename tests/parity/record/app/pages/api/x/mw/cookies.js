import { setCookie } from '../../../../lib/cookies'

export default function handler(req, res) {
  setCookie(res, 'Next.js', 'api-middleware!')
  res.json(res.getHeader('Set-Cookie'))
}
