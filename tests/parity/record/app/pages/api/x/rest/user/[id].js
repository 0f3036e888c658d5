export default function handler(req, res) {
  const id = parseInt(req.query.id, 10)
  const { name } = req.query
  switch (req.method) {
    case 'GET':
      return res.status(200).json({ id, name: `User ${id}` })
    case 'PUT':
      return res.status(200).json({ id, name: name || `User ${id}` })
    default:
      res.setHeader('Allow', ['GET', 'PUT'])
      res.status(405).end(`Method ${req.method} Not Allowed`)
  }
}
