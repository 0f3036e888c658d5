export default function handler(req, res) {
  res.json({
    from: 'Next.js',
    host: req.headers.host,
    forwarded: [
      req.headers['x-forwarded-for'],
      req.headers['x-forwarded-host'],
      req.headers['x-forwarded-proto'],
    ],
  })
}
