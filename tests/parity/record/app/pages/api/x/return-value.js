export default function handler(req, res) {
  res.json({ sent: true })
  return { returned: true }
}
