// Bodies are recorded as the routes send them.
module.exports = { compress: false }
