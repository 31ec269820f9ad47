// Before and after in the page: holding shows the one in the other's place.
const {rest, uncover} = window.vaeCourse;
const hold = (on) => {
  const after = element.querySelector('.after img'), button = element.querySelector('.hold');
  if (!after || on === ('kept' in after.dataset)) return;
  if (on) {
    after.dataset.kept = rest(after);
    uncover(after);
    after.src = element.querySelector('.before img').src;
  } else {
    after.src = after.dataset.kept;
    delete after.dataset.kept;
  }
  button.setAttribute('aria-pressed', String(on));
  element.querySelector('.pair-stage').classList.toggle('held', on);
};
let byKey = false; // else by pointer, and then it is no matter where the focus goes
const held = (event) => event.target.closest('.hold, .after img');
element.addEventListener('pointerdown', (event) => { if (held(event) && event.button === 0) hold(true); });
for (const kind of ['pointerup', 'pointercancel', 'pointerleave']) element.addEventListener(kind, () => hold(false));
element.addEventListener('contextmenu', (event) => { if (held(event) && event.pointerType === 'touch') event.preventDefault(); });
element.addEventListener('dragstart', (event) => { if (held(event)) event.preventDefault(); });
element.addEventListener('keydown', (event) => {
  if (!event.target.closest('.hold') || ![' ', 'Enter'].includes(event.key)) return;
  event.preventDefault();
  byKey = true;
  hold(true);
});
const release = () => {
  if (byKey) hold(false);
  byKey = false;
};
element.addEventListener('keyup', (event) => { if ([' ', 'Enter'].includes(event.key)) release(); });
element.addEventListener('focusout', release);
