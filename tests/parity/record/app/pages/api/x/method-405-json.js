export default function handler(req, res) {
  if (req.method === 'GET') return res.json({ ok: true })
  res.setHeader('Allow', 'GET')
  res.status(405).json({ message: 'Only GET requests allowed' })
}
