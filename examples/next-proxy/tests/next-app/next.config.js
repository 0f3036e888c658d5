module.exports = {
  // The proxy is reached by this name; Next.js expects localhost.
  allowedDevOrigins: ['127.0.0.1'],
  async redirects() {
    return [{ source: '/old', destination: '/new', permanent: true }]
  },
}
