// Bodies are recorded as the routes send them.
module.exports = { compress: false, eslint: { ignoreDuringBuilds: true }, experimental: { cpus: 1 } }
