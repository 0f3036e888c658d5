// Answers with what stands in req.query.
export const query = (req, res) => res.status(200).json(req.query)

// Answers with the name of the route and req.query.
export const named = (route) => (req, res) => res.status(200).json({ route, query: req.query })

// The same and req.url.
export const namedWithUrl = (route) => (req, res) =>
  res.status(200).json({ route, query: req.query, url: req.url })

// What the routes behind CORS answer.
export const hello = (req, res) => res.json({ message: 'Hello Everyone!' })

export const typeOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

// The length of the body in UTF-16 units: of a text, or of its JSON.
export const size = (req, res) =>
  res.json({
    bodyType: typeOf(req.body),
    length: (typeof req.body === 'string' ? req.body : JSON.stringify(req.body)).length,
  })

// Sets the content type and the status that the query names.
export function preset(req, res) {
  if (req.query.ct) res.setHeader('Content-Type', req.query.ct)
  if (req.query.status) res.status(Number(req.query.status))
}

export async function bytes(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
