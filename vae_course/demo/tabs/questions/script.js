// For the questions and for the report below them: what is clicked or written becomes the event "pick", which always
// carries all texts written on the page, so that nothing is lost whichever of the two areas is asked first.
const LATELY = 60 * 1000; // milliseconds
const left = () => { // what was written just before the page was left, perhaps too late for the server
  const {at, fields} = JSON.parse(sessionStorage.getItem('vae-typed') ?? '{"at": 0}');
  return Date.now() - at < LATELY ? fields : {};
};
window.vaeTyped ??= left();
const typed = window.vaeTyped; // field -> what was written on this page, newer than what the server rendered
const fill = () => {
  for (const one of element.querySelectorAll('[data-field]'))
    if (one.dataset.field in typed && one.value !== typed[one.dataset.field]) one.value = typed[one.dataset.field];
};

const choice = () => {
  const chosen = element.querySelector('input[name="choice"]:checked');
  return chosen ? Number(chosen.value) : null;
};

const place = () => {
  const {question, seed} = document.querySelector('#tab-questions .asked')?.dataset ?? {}; // none: not filled yet
  return {on: window.vaeOpening ?? question, seed: Number(seed)};
};

let timer = 0, focus = '';
const mine = !!element.closest('.report-area');
if (element.closest('.board-area')) window.vaeAsk = pick; // one line for both areas, so that no answer overtakes another
const send = (message) => {
  clearTimeout(timer);
  window.vaeAsk({...message, ...place(), choice: window.vaeOpening ? null : choice(), fields: {...typed}});
};

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const {openQuestion, do: what, remove, download} = button.dataset;
  if (openQuestion) {
    focus = `[data-open-question="${openQuestion}"]`;
    send({do: 'open', question: openQuestion});
    window.vaeOpening = openQuestion; // what is sent before the answer comes is about it already
  }
  if (what) { focus = what === 'back' ? '.predict input' : '.predict h4'; send({do: what}); }
  if (remove) { delete typed[`caption:${remove}`]; button.closest('figure').remove(); focus = '.report h3'; send({do: 'remove', figure: remove}); }
  if (download) send({do: 'download', kind: download});
});

let at = null; // the text that is being written in, to come back to when the server renders its area anew
element.addEventListener('focusin', (event) => { at = event.target.dataset.field ?? null; });
element.addEventListener('focusout', (event) => setTimeout(() => { if (event.target.isConnected) at = null; }));

const written = () => send({do: mine ? 'note' : 'write'});
element.addEventListener('input', (event) => {
  clearTimeout(timer);
  if (!event.target.dataset.field) return;
  typed[event.target.dataset.field] = event.target.value;
  sessionStorage.setItem('vae-typed', JSON.stringify({at: Date.now(), fields: typed}));
  timer = setTimeout(written, 1500);
});
element.addEventListener('change', () => { // soon, unless a click comes with it, which takes the texts along
  clearTimeout(timer);
  timer = setTimeout(written, 250);
});

let unfolded = ''; // the question whose explanation is open
element.addEventListener('toggle', (event) => {
  if (event.target.matches('.explained')) unfolded = event.target.open ? place().on : '';
}, true); // it does not bubble

watch('value', () => {
  if (!begun && element.textContent.trim()) { begun = true; begin(); }
  if (element.querySelector('.asked')) window.vaeOpening = null;
  const parcel = element.querySelector('[data-content]');
  if (parcel) {
    parcel.remove();
    return window.vaeCourse.saveFile(parcel.dataset.content, parcel.dataset.type, parcel.dataset.file);
  }
  fill();
  const explained = element.querySelector('.explained');
  if (explained && unfolded === place().on) explained.open = true;
  const writing = at && document.activeElement === document.body && element.querySelector(`[data-field="${at}"]`);
  if (writing) {
    writing.focus({preventScroll: true});
    writing.setSelectionRange(writing.value.length, writing.value.length);
  }
  const goal = focus && element.querySelector(focus);
  if (goal) {
    goal.focus({preventScroll: true});
    if (focus.includes('h4')) element.querySelector('.asked').scrollIntoView({block: 'start', behavior: 'smooth'});
  }
  focus = '';
});

const begin = () => { // once there is something
  fill();
  if (!mine) return;
  if (Object.keys(typed).length) timer = setTimeout(written, 250);
  if (window.vaeReport) document.removeEventListener('vae-report', window.vaeReport);
  window.vaeReport = () => send({do: 'refresh'});
  document.addEventListener('vae-report', window.vaeReport);
  // Gradio makes a tab when it is first opened: what was pinned until then is not in it yet.
  if (document.querySelector('.pinboard [data-kept="true"]')) setTimeout(window.vaeReport, 50);
};
let begun = element.textContent.trim() !== '';
if (begun) begin();
