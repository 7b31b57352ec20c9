/** The smallest server that answers health: PORT tells where it listens. */
import { createServer } from 'node:http';

createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"status":"ok"}');
}).listen(Number(process.env.PORT), '127.0.0.1');
