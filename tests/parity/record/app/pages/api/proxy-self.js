import http from 'http'

// Another answer of this server, head and body.
export default function handler(req, res) {
  return new Promise((resolve, reject) => {
    http
      .get(`http://${req.headers.host}/user`, { agent: false }, (answer) => {
        res.writeHead(answer.statusCode, answer.headers)
        answer.pipe(res).on('finish', resolve)
      })
      .on('error', reject)
  })
}
