// The board of the tab Train: one run, recorded or live, drawn as sheets, a scrubber and two curves. No server is asked
// but while a training is under way.
const shared = window.vaeTrain ??= {};
const find = selector => element.querySelector(selector);
const POLL = 1200, REPLAY = 9000, W = 460, LEFT = 46, RIGHT = 10, BOTTOM = 34;
let words = {}, run = null, before = null, at = 0, following = true, playing = 0, waiting = 0, seen = 0, rung = 0;
let state = {status: 'none'};
const LIVE = ['waiting', 'preparing', 'running', 'keeping'];

const text = value => String(value).replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
const put = (selector, value) => { const node = find(selector); if (node && node.textContent !== value) node.textContent = value; };

// The run before, where both learnt from the same pictures.
const ghost = () => before && before.lines.mean === run.lines.mean ? before : null;

// scales
const last = () => Math.max(2, run.points.at(-1)?.[0] ?? 2, run.frames.at(-1)?.step ?? 2, ...(ghost() ? [ghost().points.at(-1)?.[0] ?? 2] : []));
const across = step => LEFT + (W - LEFT - RIGHT) * Math.log(step) / Math.log(last());
const curve = (kind, points, y) => { // broken, with an arrow, where it leaves the chart
  let path = '', open = false, gone = false, arrows = '';
  for (const [step, value] of points) {
    const absent = value === null || value === undefined, beyond = !absent && value > y.high, x = across(step).toFixed(1);
    if (beyond && !gone) arrows += `<text class="beyond" x="${x}" y="${y(y.high) + 10}" text-anchor="middle">↑</text>`;
    if (!absent && !beyond) path += `${open ? 'L' : 'M'}${x} ${y(value).toFixed(1)}`;
    [open, gone] = [!absent && !beyond, beyond];
  }
  return `<path class="${kind}" d="${path}"/>${arrows}`;
};
const dot = (value, y) => value === null || value > y.high ? '' :
  `<circle class="now" cx="${across(run.frames[at].step)}" cy="${y(value)}" r="4"/>`;
const ticks = () => {
  const all = [1, 10, 100, 1000].filter(step => step <= last());
  return all;
};
const axes = (height, top, y, values, label) => {
  const bottom = height - BOTTOM;
  const below = ticks().map(step => `<line class="tick" x1="${across(step)}" x2="${across(step)}" y1="${bottom}" y2="${bottom + 4}"/>` +
    `<text x="${across(step)}" y="${bottom + 16}" text-anchor="middle">${step}</text>`).join('');
  const left = values.map(value => `<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>` +
    `<line class="grid" x1="${LEFT}" x2="${W - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>`).join('');
  return `<line class="axis" x1="${LEFT}" x2="${W - RIGHT}" y1="${bottom}" y2="${bottom}"/>${below}${left}` +
    `<text x="${(LEFT + W - RIGHT) / 2}" y="${height - 4}" text-anchor="middle">${text(words.steps)}</text>`;
};
const svg = (height, title, inside) => `<svg viewBox="0 0 ${W} ${height}" role="img" aria-label="${text(title)}">${inside}</svg>`;
const here = (height, top) => {
  const frame = run.frames[at];
  return frame ? `<line class="here" x1="${across(frame.step)}" x2="${across(frame.step)}" y1="${top}" y2="${height - BOTTOM}"/>` : '';
};
const nice = value => {
  const unit = 10 ** Math.floor(Math.log10(value)), share = value / unit;
  return unit * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
};

// curves
const film = top => {
  const room = 11, size = (W - LEFT - RIGHT + 3) / room - 3;
  const chosen = new Map();
  run.frames.forEach((frame, k) => {
    const slot = Math.min(room - 1, Math.floor((across(frame.step) - LEFT) / (size + 3)));
    if (!chosen.has(slot)) chosen.set(slot, k);
  });
  return [...chosen].map(([slot, k]) => [0, 1].map(row => {
    const x = LEFT + slot * (size + 3), side = shared.side ?? 32;
    return `<svg x="${x}" y="${top + row * (size + 2)}" width="${size}" height="${size}" viewBox="${side * (row ? 3 : 0)} ${row ? side : 0} ${side} ${side}">` +
      `<image href="${run.frames[k].samples}" width="${side * 8}" height="${side * 3}"/></svg>`;
  }).join('')).join('');
};
const reconstruction = () => {
  const height = 340, top = 92, {nothing, mean, floor} = run.lines;
  const low = floor - 0.04 * (nothing - floor), high = nothing + 0.06 * (nothing - floor);
  const y = value => top + (height - BOTTOM - top) * (1 - (Math.min(Math.max(value, low), high) - low) / (high - low));
  y.high = high;
  const unit = nice((high - low) / 4), values = [];
  for (let value = Math.ceil(low / unit) * unit; value <= high; value += unit) values.push(value);
  const references = ['nothing', 'mean', 'floor'].map(key => {
    const under = key === 'floor' ? -5 : -5, right = key !== 'floor';
    return `<line class="reference" x1="${LEFT}" x2="${W - RIGHT}" y1="${y(run.lines[key])}" y2="${y(run.lines[key])}"/>` +
      `<text class="name" x="${right ? W - RIGHT - 2 : LEFT + 4}" y="${y(run.lines[key]) + under}" text-anchor="${right ? 'end' : 'start'}">` +
      `${text(words[key])} ${Math.round(run.lines[key])}</text>`;
  }).join('');
  const costs = one => one.frames.map(frame => [frame.step, frame.reconstruction]);
  return svg(height, words.reconstruction, film(4) + axes(height, top, y, values) + references +
    (ghost() ? curve('before', costs(ghost()), y) : '') + curve('train', run.points, y) + curve('held', costs(run), y) +
    here(height, top) + dot(run.frames[at].reconstruction, y));
};
const kl = () => {
  const height = 190, top = 10;
  const most = Math.max(1, ...run.frames.map(f => f.kl ?? 0).filter((_, k) => run.frames[k].step > 3), ...(ghost() ? ghost().frames.filter(f => f.step > 3).map(f => f.kl ?? 0) : []));
  const high = Math.min(1.15 * most, 400);
  const y = value => top + (height - BOTTOM - top) * (1 - Math.min(value, high) / high);
  y.high = high;
  const unit = nice(high / 4), values = [];
  for (let value = 0; value <= high; value += unit) values.push(Number(value.toPrecision(4)));
  const costs = one => one.frames.map(frame => [frame.step, frame.kl]);
  return svg(height, words.kl, axes(height, top, y, values) + (ghost() ? curve('before', costs(ghost()), y) : '') +
    curve('train', run.points.map(([step, , value]) => [step, value]), y) + curve('held', costs(run), y) +
    here(height, top) + dot(run.frames[at].kl, y));
};
const legend = () => `<figcaption class="train-legend"><span class="train">${text(words.train)}</span><span class="held">${text(words.held_back)}</span>` +
  (ghost() ? `<span class="before">${text(words.before)}</span>` : '') +
  (run.lag ?? true ? `<small>${text(words.lag)}</small>` : '') + '</figcaption>';
const draw = () => {
  if (!run.frames.length || !run.lines.nothing) return;
  for (const [name, make] of [['reconstruction', reconstruction], ['kl', kl]]) {
    const place = find(`[data-chart="${name}"]`);
    place.innerHTML = `<h4>${text(words[name])}</h4>${make()}${name === 'reconstruction' ? legend() : ''}`;
  }
};

// the moment that is looked at
const chapter = frame => {
  const {nothing, mean, floor} = run.lines, cost = frame.reconstruction;
  if (cost === null || cost > 1.1 * nothing) return words.worse;
  if (cost > mean + 0.75 * (nothing - mean)) return words.first;
  if (cost > mean - 0.02 * (mean - floor)) return words.average;
  return cost > floor + 0.5 * (mean - floor) ? words.differences : words.details;
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
  slider.setAttribute('aria-valuetext', `${words.step} ${frame.step - 1}`); // steps that were made
  put('[data-step]', `${words.step} ${frame.step - 1}`);
  const nats = value => value === null ? '∞' : value.toLocaleString('en', {maximumSignificantDigits: value < 100 ? 2 : 4, useGrouping: false});
  put('[data-loss]', words.loss.replace('{reconstruction}', nats(frame.reconstruction)).replace('{kl}', nats(frame.kl)));
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
const title = () => put('[data-title]', run.id === 'recorded' ? words.recorded : `${words.live}: ${run.title}`);
const doors = () => {
  const place = find('[data-status]');
  if (!state.kept) return put('[data-status]', state.words ?? words.settings);
  const links = ['generate', 'reconstruct', 'mix'].filter(tab => document.querySelector(`header[data-tabs~="${tab}"]`)).map(tab =>
    `<a href="?tab=${tab}&${tab}.model=own">${text(words[tab])}</a>`).join(' · ');
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
const receive = () => {
  const news = shared.latest;
  if (!news || news.version <= seen) return;
  seen = news.version;
  clearTimeout(waiting);
  state = news;
  if (news.status !== 'none') {
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
    run.lag = news.lag;
    title();
    if (run.frames.length) following ? show(run.frames.length - 1) : draw();
    if (LIVE.includes(news.status)) waiting = setTimeout(ask, POLL);
    if (news.kept > 0 && news.kept !== rung) { rung = news.kept; shared.ring?.(); }
  }
  const trouble = find('[data-trouble]');
  trouble.hidden = !news.trouble;
  put('[data-trouble]', news.trouble ?? '');
  doors();
  buttons();
};
const have = () => run.id === 'recorded' ? {} : {run: run.id, points: run.points.length, frames: run.frames.length};
const ask = () => {
  shared.poll?.(have());
  clearTimeout(waiting);
  waiting = setTimeout(ask, 8000); // an answer that never came
};

// To predict before looking: curves and numbers are covered, the pictures are not.
let covered = new URL(location.href).searchParams.get('train.covered') === '1';
const veil = () => {
  const button = find('.cover');
  button.setAttribute('aria-pressed', String(covered));
  button.textContent = covered ? button.dataset.on : button.dataset.off;
  find('.panel').classList.toggle('covered', covered);
};
element.addEventListener('click', event => {
  if (event.target.closest('.cover')) {
    covered = !covered;
    veil();
    window.vaeCourse.note('train', {covered: covered ? 1 : null});
  }
  const button = event.target.closest('[data-act]');
  if (button) {
    const act = button.dataset.act === 'pause' && state.status === 'paused' ? 'run' : button.dataset.act;
    pick({act, ...have()});
  }
  if (event.target.closest('[data-play]')) play();
});
element.addEventListener('input', event => {
  if (!event.target.matches('[data-scrub]')) return;
  if (playing) halt();
  show(Number(event.target.value));
  following = at === run.frames.length - 1;
});
const open = () => {
  const board = find('[data-words]');
  if (!board || run) return;
  words = JSON.parse(board.dataset.words);
  run = JSON.parse(board.dataset.recorded);
  show(run.frames.length - 1);
  title();
  doors();
  buttons();
  veil();
  shared.receive = receive;
  receive();
  const watcher = new IntersectionObserver(entries => {
    if (!entries.some(entry => entry.isIntersecting)) return;
    watcher.disconnect();
    ask(); // is a training of this browser under way?
  });
  watcher.observe(element);
};
requestAnimationFrame(open);
