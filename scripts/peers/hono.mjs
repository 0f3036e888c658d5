import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();
app.get('/api/user', (c) => c.json({ name: 'John Doe' }));
app.get('/api/users/:id', (c) => c.json({ name: c.req.param('id') }));
app.post('/api/orders', async (c) => c.json(await c.req.json()));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
