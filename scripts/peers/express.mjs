import express from 'express';

const app = express();
app.get('/api/user', (_req, res) => res.json({ name: 'John Doe' }));
app.get('/api/users/:id', (req, res) => res.json({ name: req.params.id }));
app.post('/api/orders', express.json(), (req, res) => res.json(req.body));
app.listen(Number(process.env.PORT), '127.0.0.1');
