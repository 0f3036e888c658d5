import microCors from 'micro-cors'

export default microCors({ allowMethods: ['GET', 'HEAD'] })((req, res) => res.json({ method: req.method }))
