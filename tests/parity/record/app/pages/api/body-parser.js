// Other methods are never answered.
export default function handler(req, res) {
  if (req.method === 'POST') res.status(200).json(req.body)
}
