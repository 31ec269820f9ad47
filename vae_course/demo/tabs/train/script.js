// The board of the tab Train: one run, recorded or live, drawn as sheets, a scrubber and two curves. No server is asked
// but while a training is under way.
window.vaeTrain ??= {};
const shared = window.vaeTrain;
const find = selector => element.querySelector(selector);
const POLL = 1200, REPLAY = 9000, W = 460, LEFT = 58, RIGHT = 10, BOTTOM = 48;
let words = {}, run = null, before = null, at = 0, following = true, playing = 0, waiting = 0, seen = 0, rung = 0;
let state = {status: 'none'}, opening = false, gone = '';
const LAG = 40; // steps that batch normalisation's averages need
const LIVE = ['waiting', 'preparing', 'running', 'keeping'];

const text = value => String(value).replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
const whole = value => words.lang === 'en' ? value.toLocaleString('en') : String(value); // as numbers.py
const put = (selector, value) => { const node = find(selector); if (node && node.textContent !== value) node.textContent = value; };

// scales: the steps that were done, from 0, on a logarithmic scale
const last = () => Math.max(1, run.points.at(-1)?.[0] ?? 1, run.frames.at(-1)?.step ?? 1);
const across = step => LEFT + (W - LEFT - RIGHT) * Math.log(1 + step) / Math.log(1 + last());
const line = (kind, points, y) => {
  const path = points.map(([step, value], k) => `${k ? 'L' : 'M'}${across(step).toFixed(1)} ${y(value).toFixed(1)}`);
  return `<path class="${kind}" d="${path.join('')}"/>`;
};
const ticks = () => [0, 1, 10, 100, 1000].filter(step => step <= last());
const axes = (height, y, values) => {
  const bottom = height - BOTTOM;
  const below = ticks().map(step => `<line class="tick" x1="${across(step)}" x2="${across(step)}" y1="${bottom}" y2="${bottom + 4}"/>` +
    `<text x="${across(step)}" y="${bottom + 22}" text-anchor="middle">${whole(step)}</text>`).join('');
  const left = values.map(value => `<text x="${LEFT - 6}" y="${y(value) + 5}" text-anchor="end">${whole(value)}</text>` +
    `<line class="grid" x1="${LEFT}" x2="${W - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>`).join('');
  return `<line class="axis" x1="${LEFT}" x2="${W - RIGHT}" y1="${bottom}" y2="${bottom}"/>${below}${left}` +
    `<text x="${(LEFT + W - RIGHT) / 2}" y="${height - 6}" text-anchor="middle">${text(words.steps)}</text>`;
};
const svg = (height, title, inside) => `<svg viewBox="0 0 ${W} ${height}" role="img" aria-label="${text(title)}">${inside}</svg>`;
const nice = value => {
  const unit = 10 ** Math.floor(Math.log10(value)), share = value / unit;
  return unit * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
};

// curves
const samePictures = () => JSON.stringify(before?.lines) === JSON.stringify(run.lines);
const comparable = () => samePictures() ? before : null;
const film = top => {
  const room = 11, size = (W - LEFT - RIGHT + 3) / room - 3, side = shared.side ?? 32;
  return Array.from({length: room}, (_, slot) => {
    const x = LEFT + slot * (size + 3), frame = run.frames.findLast(one => across(one.step) < x + size + 1);
    const image = `<image href="${frame.samples}" width="${side * 8}" height="${side * 3}"/>`;
    return [0, 1].map(row => `<svg x="${x}" y="${top + row * (size + 2)}" width="${size}" height="${size}" ` +
      `viewBox="${side * (row ? 3 : 0)} ${row ? side : 0} ${side} ${side}">${image}</svg>`).join('');
  }).join('');
};
// What leaves the chart is cut off at its top, and marked there.
const curves = (top, bottom, y, of) => {
  const ghost = comparable(), frame = run.frames[at], x = across(frame.step), place = of === 'kl' ? 2 : 1;
  const seen = one => one.frames.map(frame => [frame.step, frame[of]]);
  const held = seen(run), train = run.points.map(point => [point[0], point[place]]);
  const off = value => y(value) < top;
  const arrow = (kind, x) =>
    `<path class="cut ${kind}" d="M${x.toFixed(1)} ${top - 8}l5 8h-10z"><title>${text(words.cut)}</title></path>`;
  const cut = (kind, points) => points.map(([step, value], k) => {
    const [from, first] = points[k - 1] ?? [step, value];
    if (!off(value) || (k && off(first))) return '';
    const share = k ? (y(first) - top) / (y(first) - y(value)) : 0; // of the way, where the line leaves
    return arrow(kind, across(from) + share * (across(step) - across(from)));
  }).join('');
  const inside = `x="${LEFT}" y="${top}" width="${W - LEFT - RIGHT}" height="${bottom - top}"`;
  const now = off(frame[of]) ? '' : `<circle class="now" cx="${x}" cy="${y(frame[of])}" r="4.5"/>`;
  return `<svg ${inside} viewBox="${LEFT} ${top} ${W - LEFT - RIGHT} ${bottom - top}">` +
    (ghost ? line('before', seen(ghost), y) : '') + line('train', train, y) + line('held', held, y) + '</svg>' +
    cut('train', train) + cut('held', held) +
    `<line class="here" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/>${now}`;
};
// null is no number any more; and no renderer bears 1e30.
const scale = (top, bottom, low, high) => value =>
  Math.max(bottom - (bottom - top) * ((value ?? Infinity) - low) / (high - low), top - 4000);
const marks = (low, high) => {
  const unit = nice((high - low) / 4), values = [];
  for (let k = Math.ceil(low / unit); k * unit <= high; k++) values.push(Number((k * unit).toPrecision(4)));
  return values;
};
const reconstruction = () => {
  const height = 364, top = 104, bottom = height - BOTTOM, {nothing, floor} = run.lines, room = nothing - floor;
  const low = floor - 0.04 * room, high = nothing + 0.1 * room, y = scale(top, bottom, low, high);
  const references = ['nothing', 'mean', 'floor'].map(key => {
    const level = y(run.lines[key]);
    const place = key === 'floor' ? `x="${LEFT + 4}"` : `x="${W - RIGHT - 2}" text-anchor="end"`; // where the curves are not
    return `<line class="reference" x1="${LEFT}" x2="${W - RIGHT}" y1="${level}" y2="${level}"/>` +
      `<text class="name" y="${level - 5}" ${place}>${text(words[key])} ${whole(Math.round(run.lines[key]))}</text>`;
  }).join('');
  const inside = axes(height, y, marks(low, high)) + curves(top, bottom, y, 'reconstruction') + references;
  return svg(height, words.reconstruction, film(4) + inside);
};
const kl = () => {
  const height = 204, top = 14, bottom = height - BOTTOM;
  const of = one => one.frames.filter(frame => frame.step <= last()).map(frame => frame.kl ?? 0);
  const all = [...of(run), ...run.points.map(point => point[2]), ...(comparable() ? of(before) : [])];
  const late = Math.max(...of(run).slice(run.frames.length / 2)); // the first steps may leap far
  const high = Math.min(1.15 * Math.max(1, ...all), Math.max(10, 1.3 * late), 400), y = scale(top, bottom, 0, high);
  return svg(height, words.kl, axes(height, y, marks(0, high)) + curves(top, bottom, y, 'kl'));
};
const legend = () => `<figcaption class="train-legend"><span class="train">${text(words.train)}</span><span class="held">${text(words.held_back)}</span>` +
  (comparable() ? `<span class="before">${text(words.before)}</span>` : '') +
  `</figcaption><p class="fine">${text(words.film)} ${text(words.about)}</p>`;
const draw = () => {
  if (!run.frames.length || !run.lines.nothing) return;
  for (const [name, make] of [['reconstruction', reconstruction], ['kl', kl]]) {
    const place = find(`[data-chart="${name}"]`);
    place.innerHTML = `<h4>${text(words[name])}</h4>${make()}${name === 'reconstruction' ? legend() : ''}`;
  }
};

// the moment that is looked at
const chapter = frame => {
  if (state.status === 'diverged' && state.id === run.id && frame === run.frames.at(-1)) return words.diverged;
  const {nothing, mean, floor} = run.lines, cost = frame.reconstruction;
  const batch = run.points.findLast(point => point[0] <= frame.step);
  if (cost === null || cost > 1.1 * nothing) return words.worse;
  if (frame.step && frame.step < LAG && batch && cost - batch[1] > 0.1 * (nothing - floor)) return words.lag;
  if (cost > mean + 0.75 * (nothing - mean)) return words.first;
  if (cost > mean - 0.02 * (mean - floor)) return words.average;
  return cost > floor + 0.5 * (mean - floor) ? words.differences : words.details;
};
const losses = frame => {
  const told = (value, digits) => value === null ? '—' : value > 1e5 ? value.toExponential(0) : digits ? value.toFixed(digits) : whole(Math.round(value));
  return words.losses.replace('{reconstruction}', told(frame.reconstruction, 0)).replace('{kl}', told(frame.kl, 1));
};
const show = k => {
  at = Math.max(0, Math.min(k, run.frames.length - 1));
  const frame = run.frames[at], slider = find('[data-scrub]');
  if (!frame) return;
  find('[data-image="samples"]').src = frame.samples;
  find('[data-image="again"]').src = frame.again;
  find('[data-image="originals"]').src = run.originals;
  slider.max = run.frames.length - 1;
  slider.value = at;
  const step = `${words.step} ${whole(frame.step)}`;
  slider.setAttribute('aria-valuetext', step);
  put('[data-step]', step);
  put('[data-losses]', losses(frame));
  put('[data-chapter]', chapter(frame));
  draw();
};
const halt = () => { clearInterval(playing); playing = 0; find('[data-play]').textContent = '▶'; };
const play = () => {
  if (playing) return halt();
  let k = at >= run.frames.length - 1 ? 0 : at;
  following = false;
  find('[data-play]').textContent = '❚❚';
  show(k);
  playing = setInterval(() => {
    show(++k);
    if (k >= run.frames.length - 1) { halt(); following = true; }
  }, REPLAY / Math.max(10, run.frames.length));
};

// what the server tells
const title = () => { // and the pin's, whose figure is of this run
  const name = run.id === 'recorded' ? words.recorded : `${words.live}: ${run.title}`, pin = find('[data-pin]');
  put('[data-title]', name);
  for (const label of ['aria-label', 'title']) pin.setAttribute(label, pin.getAttribute(label).replace(pin.dataset.pin, () => name));
  pin.dataset.pin = name;
};
const plan = () => { // what a new run would learn, where it is not what is shown
  const shown = (run.id === 'recorded' ? words.settings : run.title).split(', ');
  const other = (shared.next ?? '').split(', ').filter(part => part && !shown.includes(part));
  find('[data-next]').hidden = !other.length;
  put('[data-next]', `${words.next}: ${other.join(', ')}`);
};
const doors = () => {
  const place = find('[data-status]');
  if (!state.kept) return put('[data-status]', state.words ?? run.title ?? words.settings);
  const links = ['generate', 'reconstruct', 'mix'].filter(tab => document.querySelector(`header[data-tabs~="${tab}"]`)).map(tab =>
    `<a href="${location.pathname}?tab=${tab}&${tab}.model=own">${text(words[tab])}</a>`).join(' · ');
  const inside = `${text(state.words)} ${text(words.open)} ${links}`;
  if (place.dataset.inside !== inside) { place.innerHTML = inside; place.dataset.inside = inside; }
};
const buttons = () => {
  const live = LIVE.includes(state.status), paused = state.status === 'paused';
  const set = (act, able) => { find(`[data-act="${act}"]`).disabled = !able; };
  put('[data-act="start"]', live || paused ? words.again : words.start);
  put('[data-act="pause"]', paused ? words['go on'] : words.pause);
  set('pause', live || paused);
  set('stop', live || paused);
};
// Which training this window began, so that one that died is missed even after a reload; some browsers forbid it.
const session = act => { try { return act(window.sessionStorage); } catch { return null; } };
const missed = () => {
  const one = run.id === 'recorded' ? session(kept => kept.getItem('vae-training')) : run.id;
  session(kept => kept.removeItem('vae-training'));
  const news = !!one && one !== lost;
  lost = one || lost;
  return news;
};
let lost = '';
const receive = () => {
  const news = shared.latest;
  if (!news || news.version <= seen) return;
  seen = news.version;
  clearTimeout(waiting);
  state = news;
  if (news.status === 'none' && missed()) gone = words.gone;
  if (news.status !== 'none') {
    gone = '';
    session(kept => kept.setItem('vae-training', news.id));
    if (run.id !== news.id) {
      before = run.id !== 'recorded' && run.points.length ? run : null;
      run = {id: news.id, points: [], frames: [], lines: {}, originals: ''};
      following = true;
      if (playing) halt();
    }
    run.points.splice(news.from[0], Infinity, ...news.points);
    run.frames.splice(news.from[1], Infinity, ...news.frames);
    run.lines = news.lines;
    run.originals = news.originals || run.originals;
    run.title = news.title;
    shared.side = news.side;
    title();
    if (run.frames.length) following ? show(run.frames.length - 1) : draw();
    if (LIVE.includes(news.status)) waiting = setTimeout(ask, POLL);
    if (news.kept > 0 && news.kept !== rung) { rung = news.kept; shared.ring?.(); }
  }
  const trouble = find('[data-trouble]');
  trouble.hidden = !(gone || news.trouble);
  put('[data-trouble]', gone || news.trouble || '');
  doors();
  plan();
  buttons();
};
const have = () => !run || run.id === 'recorded' ? {} : {run: run.id, points: run.points.length, frames: run.frames.length};
const ask = () => {
  shared.poll?.(have());
  clearTimeout(waiting);
  waiting = setTimeout(ask, 8000); // an answer that never came
};

// to predict before looking
const cover = window.vaeCourse.cover(element, 'train', (covered) => {
  if (playing) halt();
  find('.panel').classList.toggle('covered', covered);
  if (covered && run?.id === 'recorded') show(0);
});

element.addEventListener('click', event => { // perhaps before the recorded run has come
  const button = event.target.closest('[data-act]');
  if (button) {
    const act = button.dataset.act === 'pause' && state.status === 'paused' ? 'run' : button.dataset.act;
    pick({act, ...have()});
  }
  if (run && event.target.closest('[data-play]')) play();
});
element.addEventListener('input', event => {
  if (!run || !event.target.matches('[data-scrub]')) return;
  if (playing) halt();
  show(Number(event.target.value));
  following = at === run.frames.length - 1;
});
const open = async () => {
  const board = find('[data-words]');
  if (!board || run || opening) return;
  opening = true;
  words = JSON.parse(board.dataset.words);
  run = await fetch(board.dataset.recorded).then((reply) => reply.json()).catch(() => null);
  opening = false;
  if (!run) return; // once the server is back
  show(run.frames.length - 1);
  title();
  doors();
  buttons();
  cover.show();
  shared.receive = receive;
  document.addEventListener('vae-away', () => {
    if (LIVE.includes(state.status)) put('[data-status]', words.away);
  });
  document.addEventListener('vae-back', ask);
  shared.planned = () => { plan(); if (!['none', 'finished'].includes(state.status)) ask(); };
  plan();
  receive();
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    ask(); // is a training of this browser under way?
  });
  watcher.observe(element);
};
watch('value', open);
document.addEventListener('vae-back', open);
requestAnimationFrame(open);
