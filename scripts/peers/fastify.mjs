import fastify from 'fastify';

const app = fastify();
app.get('/api/user', () => ({ name: 'John Doe' }));
app.get('/api/users/:id', (request) => ({ name: request.params.id }));
app.post('/api/orders', (request) => request.body);
app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
