// Keeps the page fresh: after each pass it is read again and its content replaced.
// Everything works without this script too.
(() => {
  'use strict';
  const root = document.documentElement;
  const live = document.getElementById('live');
  const every = Number(root.dataset.refresh) * 1000;
  let stream = null;
  let build = null;
  let pending = 0;

  function rough(seconds) {
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
    return `${Math.floor(seconds / 86400)} d`;
  }

  function ago(seconds) {
    return seconds < 1 ? 'just now' : `${rough(seconds)} ago`;
  }

  function ahead(seconds) {
    return seconds < 1 ? 'now' : `in ${rough(seconds)}`;
  }

  function age() {
    for (const time of document.querySelectorAll('time')) {
      const seconds = Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000);
      time.textContent = time.dataset.ahead === 'yes' ? ahead(-seconds) : ago(seconds);
    }
  }

  function reading() {
    const selection = document.getSelection();
    return selection !== null && !selection.isCollapsed;
  }

  // Replaces the content but keeps what the reader has opened and scrolled.
  function replace(fresh) {
    const main = document.getElementById('main');
    const opened = [...main.querySelectorAll('details')].map((d) => d.open);
    const log = document.getElementById('log');
    const above = log ? log.scrollHeight - log.scrollTop - log.clientHeight : 0;
    main.replaceChildren(...fresh.getElementById('main').childNodes);
    const details = [...main.querySelectorAll('details')];
    if (details.length === opened.length) details.forEach((d, i) => { d.open = opened[i]; });
    follow(above);
    watchBuild();
    document.getElementById('live-text').replaceChildren(...fresh.getElementById('live-text').childNodes);
    document.title = fresh.title;
    root.dataset.pass = fresh.documentElement.dataset.pass;
    age();
  }

  function follow(above) {
    const log = document.getElementById('log');
    if (log && above < 24) log.scrollTop = log.scrollHeight;
  }

  // The log of a build that goes on: the page has it up to a place, the rest comes live.
  function watchBuild() {
    if (build) build.close();
    build = null;
    const log = document.getElementById('log');
    if (!log || log.dataset.live !== 'yes' || document.hidden) return;
    const here = new EventSource(`/api/v1/builds/${log.dataset.build}/log?after=${log.dataset.end}`);
    build = here;
    here.addEventListener('log', (event) => {
      const above = log.scrollHeight - log.scrollTop - log.clientHeight;
      log.append(JSON.parse(event.data).join('\n') + '\n');
      log.dataset.end = event.lastEventId;
      follow(above);
    });
    here.addEventListener('done', () => {
      here.close();
      soon();
    });
  }

  async function refresh() {
    pending = 0;
    if (reading()) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(10000) });
      if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch {
      // The stream shows that control is away.
    }
  }

  function soon() {
    if (!pending) pending = setTimeout(refresh, 150);
  }

  // A hidden page holds no connection: a browser has only a few for each server.
  function listen() {
    if (document.hidden) {
      if (stream) stream.close();
      stream = null;
    } else if (!stream) {
      stream = new EventSource('/api/v1/stream');
      stream.addEventListener('open', () => { live.dataset.on = 'yes'; });
      stream.addEventListener('error', () => { live.dataset.on = 'no'; });
      stream.addEventListener('pass', (event) => {
        if (event.lastEventId !== root.dataset.pass) soon();
      });
    }
  }

  document.addEventListener('visibilitychange', () => { listen(); watchBuild(); });
  listen();
  watchBuild();
  follow(0);
  age();
  setInterval(age, 1000);
  if (every > 0) setInterval(() => { if (!document.hidden) refresh(); }, every);
})();
