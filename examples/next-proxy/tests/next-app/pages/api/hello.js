export default function handler(req, res) {
  res.json({ from: 'Next.js' })
}
