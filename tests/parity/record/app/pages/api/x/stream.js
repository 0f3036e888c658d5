export default async function handler(req, res) {
  res.setHeader('Content-Type', 'text/plain')
  for (let i = 0; i < 3; i++) {
    res.write(`line ${i}\n`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  res.end()
}
