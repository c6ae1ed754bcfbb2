// A line of the sea at each request.
const http = require('node:http');

const quotes = [
  'A smooth sea never made a skilled sailor.',
  'The pessimist complains about the wind; the realist adjusts the sails.',
  'Any port in a storm.',
];

const server = http.createServer((request, response) => {
  const quote = quotes[Math.floor(Math.random() * quotes.length)];
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><title>Quotes</title><blockquote>${quote}</blockquote>\n`);
});

server.listen(process.env.PORT);
process.on('SIGTERM', () => server.close());
