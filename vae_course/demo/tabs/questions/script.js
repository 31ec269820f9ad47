// For the questions and for the report below them: what is clicked or written becomes the event "pick", which always
// carries all texts written on the page, so that nothing is lost whichever of the two areas is asked first.
if (!window.vaeKept) window.vaeCourse.scripts['questions/kept']({});
const kept = window.vaeKept;
const fill = () => {
  for (const one of element.querySelectorAll('[data-field]')) {
    const text = kept.fields[one.dataset.field]; // newer than what the server rendered
    if (text !== undefined && one.value !== text) one.value = text;
  }
  for (const one of element.querySelectorAll('[data-lasting]')) one.hidden = (one.dataset.lasting === 'true') !== kept.lasting;
};
document.addEventListener('vae-kept', fill);

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
  window.vaeAsk({...message, ...place(), choice: window.vaeOpening ? null : choice(), fields: {...kept.typed}});
};

// What an experiment leaves of a question: known when the server has answered, until then as it was.
let acted = {};
const keepDone = ({question, choice, ran, seed}) => {
  const on = ran === 'true';
  if (question !== acted.on || on === (acted.what === 'back')) return; // a server that forgot tells nothing
  if (choice) kept.put(`choice:${question}`, Number(choice));
  kept.put(`ran:${question}`, on || null);
  kept.put(`seed:${question}`, on ? Number(seed) : null);
};
let erased = false;
const erase = async () => {
  erased = true;
  await kept.erase();
  send({do: 'erase'});
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
  if (what === 'erase') return erase();
  if (what) acted = {what, on: place().on};
  if (what) { focus = what === 'back' ? '.predict input' : '.predict h4'; send({do: what}); }
  if (remove) { kept.dropFigure(remove); button.closest('figure').remove(); focus = '.report h3'; send({do: 'remove', figure: remove}); }
  if (download) send({do: 'download', kind: download});
});

let at = null; // the text that is being written in, to come back to when the server renders its area anew
element.addEventListener('focusin', (event) => { at = event.target.dataset.field ?? null; });
element.addEventListener('focusout', (event) => setTimeout(() => { if (event.target.isConnected) at = null; }));

const written = () => send({do: mine ? 'note' : 'write'});
element.addEventListener('input', (event) => {
  clearTimeout(timer);
  if (!event.target.dataset.field) return;
  kept.write(event.target.dataset.field, event.target.value);
  timer = setTimeout(written, 1500);
});
element.addEventListener('change', (event) => { // soon, unless a click comes with it, which takes the texts along
  clearTimeout(timer);
  if (event.target.name === 'choice') kept.put(`choice:${place().on}`, choice());
  timer = setTimeout(written, 250);
});

let unfolded = ''; // the question whose explanation is open
element.addEventListener('toggle', (event) => {
  if (event.target.matches('.explained')) unfolded = event.target.open ? place().on : '';
}, true); // it does not bubble

watch('value', () => {
  if (!begun && element.textContent.trim()) { begun = true; begin(); }
  const asked = element.querySelector('.asked');
  if (asked) window.vaeOpening = null;
  if (asked) keepDone(asked.dataset);
  if (erased) return location.assign(`${location.pathname}?tab=questions`); // other tabs may show what is erased, too
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
    if (goal.closest('nav')) goal.scrollIntoView({block: 'nearest'}); // its list came anew, scrolled to its start
    if (focus.includes('h4')) element.querySelector('.asked').scrollIntoView({block: 'start', behavior: 'smooth'});
  }
  focus = '';
});

const begin = () => { // once there is something
  fill();
  if (!mine) return;
  if (Object.keys(kept.typed).length) timer = setTimeout(written, 250);
  if (window.vaeReport) document.removeEventListener('vae-report', window.vaeReport);
  window.vaeReport = () => send({do: 'refresh'});
  document.addEventListener('vae-report', window.vaeReport);
  // Gradio makes a tab when it is first opened: what was pinned until then is not in it yet.
  if (document.querySelector('.pinboard [data-kept="true"]')) setTimeout(window.vaeReport, 50);
};
let begun = element.textContent.trim() !== '';
if (begun) begin();
