// The endpoints on node:http alone.
import { createServer } from 'node:http';

const json = (res, value) => {
  const text = JSON.stringify(value);
  res.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  res.end(text);
};

createServer((req, res) => {
  if (req.method === 'POST' && req.url === '/api/orders') {
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => json(res, JSON.parse(Buffer.concat(chunks))));
  } else if (req.url === '/api/user') {
    json(res, { name: 'John Doe' });
  } else if (req.url.startsWith('/api/users/')) {
    json(res, { name: req.url.slice('/api/users/'.length) });
  } else {
    res.writeHead(404).end();
  }
}).listen(Number(process.env.PORT), '127.0.0.1');
