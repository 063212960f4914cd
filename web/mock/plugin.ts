import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Plugin, PreviewServer, ViteDevServer } from 'vite';
import { WebSocketServer } from 'ws';

import { drawing } from './plans';
import { Site } from './site';

/** A made-up site behind the real contract, for working on pages without a platform: `npm run dev:mock`. */
export function mockPlatform(): Plugin {
  return {
    name: 'mock-platform',
    configureServer: attach,
    configurePreviewServer: attach,
  };
}

function attach(server: ViteDevServer | PreviewServer): void {
  const site = new Site(process.env.MOCK_FRESH === '1', Number(process.env.MOCK_DOORS ?? 8));
  const sockets = new WebSocketServer({ noServer: true });
  site.onLive = (message) => {
    const text = JSON.stringify(message);
    for (const client of sockets.clients) client.send(text);
  };
  server.httpServer?.on('upgrade', (request, socket, head) => {
    if (request.url === '/api/v1/live') sockets.handleUpgrade(request, socket, head, () => {});
  });
  const timer = setInterval(() => site.live(), Number(process.env.MOCK_PACE_MS ?? 1500));
  server.httpServer?.on('close', () => clearInterval(timer));
  server.middlewares.use('/api/v1', (request, response) => void serve(site, request, response));
}

async function serve(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const url = new URL(request.url ?? '/', 'http://site');
  if (request.method === 'GET' && /^\/floor-plans\/\w+\/picture$/.test(url.pathname)) {
    response.setHeader('Content-Type', 'image/svg+xml');
    return void response.end(drawing);
  }
  const { status, body } = site.answer(request.method ?? 'GET', url, text === '' ? {} : JSON.parse(text));
  response.statusCode = status;
  if (body === undefined) return void response.end();
  response.setHeader('Content-Type', status < 400 ? 'application/json' : 'application/problem+json');
  response.end(JSON.stringify(body));
}
