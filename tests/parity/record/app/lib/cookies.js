import { serialize } from 'cookie'

// Sets a cookie: objects as `j:` and their JSON, other values as text.
export function setCookie(res, name, value, options = {}) {
  const text = typeof value === 'object' ? 'j:' + JSON.stringify(value) : String(value)
  if (typeof options.maxAge === 'number') options.expires = new Date(Date.now() + options.maxAge * 1000)
  res.setHeader('Set-Cookie', serialize(name, text, options))
}
