// What happens when the server cannot be reached, because it stopped or the net is down: the page says so in its language,
// its controls show that they wait, and so do the calls: they go on by themselves when it is back.
const RETRY = 2000, PATIENCE = 8000, SLOW = 600, TOLD = 6000; // milliseconds
const html = document.documentElement, real = window.fetch;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const within = (milliseconds, work) => Promise.race([work, pause(milliseconds)]);

const sign = document.createElement('p');
sign.className = 'connection';
sign.setAttribute('role', 'alert');
document.body.append(sign);
const say = (key) => { sign.textContent = key ? document.querySelector('header[data-tabs]').dataset[key] : ''; };

const BAD = [502, 503, 504]; // what stands in front of a server that is gone
const answers = async () => {
  try {
    const {status} = await real(location.pathname, {method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE)});
    return !BAD.includes(status);
  } catch { return false; }
};

let away = null; // while the server is away: a promise that it is back
const comeBack = async () => {
  html.classList.add('server-away');
  say('away');
  document.dispatchEvent(new CustomEvent('vae-away'));
  do await pause(RETRY); while (!await answers());
  const page = await real(location.pathname, {cache: 'no-store'}).then((reply) => reply.text(), () => '');
  const ours = document.querySelector('script[src^="scripts/"]').getAttribute('src');
  if (page && !page.includes(ours)) return location.reload(); // another version of the demo
  await within(10000, window.vaeHello?.()); // it may have forgotten all: first what this browser keeps, then what the tabs show
  await within(3000, window.vaeCourse.refill());
  html.classList.remove('server-away');
  say('back');
  document.dispatchEvent(new CustomEvent('vae-back'));
  setTimeout(() => { if (!away) say(''); }, TOLD);
};
const lost = async () => {
  if (!away && await answers()) return false; // it was something else
  away ??= comeBack().finally(() => { away = null; });
  return true;
};

let slow = 0; // calls under way for long
const marked = async (call) => {
  let counted = false;
  const show = () => html.classList.toggle('server-slow', slow > 0);
  const timer = setTimeout(() => { counted = true; slow += 1; show(); }, SLOW);
  try { return await call; } finally {
    clearTimeout(timer);
    if (counted) { slow -= 1; show(); }
  }
};

const isOurs = (target) => new URL(target.url ?? target, document.baseURI).origin === location.origin;
const tried = async (call) => {
  for (;;) {
    let failure = null;
    try {
      const reply = await real(...call);
      if (!BAD.includes(reply.status)) return reply;
      failure = () => reply;
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      failure = () => { throw error; };
    }
    if (!await lost()) return failure();
    await away;
  }
};

// Gradio holds one call open for as long as the page is: when it ends, the server is gone.
const hold = async (call) => {
  const reply = await tried(call);
  reply.clone().text().catch(() => {}).then(async () => {
    if (leaving || !await lost()) return;
    await away;
    hold(call).catch(() => {}); // the page is left
  });
  return reply;
};
let leaving = false;
window.addEventListener('pagehide', () => { leaving = true; });
window.addEventListener('pageshow', () => { leaving = false; });

window.fetch = (...call) => {
  if (!isOurs(call[0])) return real(...call);
  if (String(call[0].url ?? call[0]).includes('/heartbeat/')) return hold(call);
  return call[1]?.method === 'POST' ? marked(tried(call)) : tried(call);
};
