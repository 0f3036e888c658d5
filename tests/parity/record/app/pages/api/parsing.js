export const config = { api: { bodyParser: true } }

// Never answers where there is no body.
export default function handler(req, res) {
  if (req.body) res.status(200).json({ message: 'Parsed body' })
}
