// A guestbook without dependencies: one file of JSON lines, one page, one form.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const PORT = Number(process.env.PORT || 3000);
const HOST = process.env.HOST || '0.0.0.0';
const TITLE = process.env.TITLE || 'Guestbook';
const FILE = path.join(process.env.DATA || '/data', 'entries.jsonl');
const LARGEST_FORM = 8 * 1024;
const SHOWN = 100;

function readEntries() {
  if (!fs.existsSync(FILE)) {
    return [];
  }
  return fs
    .readFileSync(FILE, 'utf8')
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return []; // a line cut off by a crash
      }
    });
}

const entries = readEntries();

function escape(text) {
  return String(text).replace(
    /[&<>"']/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c],
  );
}

function card({ name, text, at }) {
  return `<li><p>${escape(text)}</p><footer>${escape(name)} · <time datetime="${escape(at)}">${escape(
    String(at).slice(0, 16).replace('T', ' '),
  )}</time></footer></li>`;
}

function page() {
  const newest = entries.slice(-SHOWN).reverse();
  const list = newest.length
    ? `<ol>${newest.map(card).join('')}</ol>`
    : '<p class="empty">Nobody has written yet. Be the first.</p>';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(TITLE)}</title>
<style>
  :root { color-scheme: light dark; --ink: #1d2733; --soft: #64748b; --line: #dbe2ea; --paper: #fff;
          --back: #f4f6f9; --accent: #0f6cbd }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6ebf2; --soft: #94a3b8; --line: #2b3646; --paper: #18202b; --back: #0f151d; --accent: #6cb6ff }
  }
  * { box-sizing: border-box }
  body { margin: 0; background: var(--back); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
  main { max-width: 40rem; margin: 0 auto; padding: clamp(2rem, 8vh, 5rem) 1.25rem }
  h1 { margin: 0 0 .25rem; font-size: 2.25rem; letter-spacing: -.02em }
  .lead, .empty, footer { color: var(--soft) }
  form, li { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem }
  form { display: grid; gap: .75rem; margin: 2rem 0 }
  label { display: grid; gap: .25rem; font-size: .875rem; color: var(--soft) }
  input, textarea { font: inherit; color: var(--ink); background: var(--back); border: 1px solid var(--line);
                    border-radius: .5rem; padding: .5rem .75rem; resize: vertical }
  input:focus, textarea:focus { outline: 2px solid var(--accent); outline-offset: -1px }
  button { justify-self: start; font: inherit; font-weight: 600; color: var(--paper); background: var(--accent);
           border: 0; border-radius: .5rem; padding: .5rem 1.25rem; cursor: pointer }
  ol { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem }
  li p { margin: 0 0 .5rem; white-space: pre-wrap; overflow-wrap: anywhere }
  footer { font-size: .875rem }
</style>
<main>
  <h1>${escape(TITLE)}</h1>
  <p class="lead">${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}, kept in a volume that outlives every release.</p>
  <form method="post" action="/">
    <label>Name <input name="name" required maxlength="60" autocomplete="name"></label>
    <label>Message <textarea name="text" required maxlength="1000" rows="3"></textarea></label>
    <button>Sign</button>
  </form>
  ${list}
</main>
</html>
`;
}

function answer(response, status, headers, body) {
  response.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

function answerText(response, status, text) {
  answer(response, status, { 'Content-Type': 'text/plain; charset=utf-8' }, text + '\n');
}

function sign(request, response) {
  const chunks = [];
  let size = 0;
  request.on('data', (chunk) => {
    size += chunk.length;
    if (size <= LARGEST_FORM) {
      chunks.push(chunk);
    }
  });
  request.on('end', () => {
    if (size > LARGEST_FORM) {
      answerText(response, 413, 'That is too long.');
      return;
    }
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    const name = (form.get('name') || '').trim().slice(0, 60);
    const text = (form.get('text') || '').trim().slice(0, 1000);
    if (!name || !text) {
      answerText(response, 400, 'Please give a name and a message.');
      return;
    }
    const entry = { name, text, at: new Date().toISOString() };
    fs.appendFile(FILE, JSON.stringify(entry) + '\n', (error) => {
      if (error) {
        console.error(`can't write ${FILE}: ${error.message}`);
        answerText(response, 500, 'Your entry could not be kept. Please try again.');
        return;
      }
      entries.push(entry);
      answer(response, 303, { Location: '/' }, '');
    });
  });
}

const server = http.createServer((request, response) => {
  const pathname = request.url.split('?', 1)[0];
  if (pathname === '/healthz') {
    answerText(response, 200, 'ok');
  } else if (pathname !== '/') {
    answerText(response, 404, 'There is nothing here.');
  } else if (request.method === 'POST') {
    sign(request, response);
  } else if (request.method === 'GET' || request.method === 'HEAD') {
    answer(
      response,
      200,
      { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
      page(),
    );
  } else {
    answer(response, 405, { Allow: 'GET, HEAD, POST' }, '');
  }
});

// Berth sends SIGTERM once no more requests come: finish what is under way, then end.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    console.log(`${signal}: closing`);
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}

server.listen(PORT, HOST, () => console.log(`listening on ${HOST}:${PORT}, ${entries.length} entries`));
