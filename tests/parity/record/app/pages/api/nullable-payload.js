export default function handler(req, res) {
  res.write('')
  res.end()
}
