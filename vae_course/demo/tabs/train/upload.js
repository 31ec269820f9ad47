// A zip of pictures goes to the server.
element.addEventListener('change', async (event) => {
  const field = event.target, file = field.files[0];
  if (!file) return;
  const {busy, most} = element.querySelector('label').dataset;
  element.querySelector('[role=alert]')?.remove();
  element.querySelector('[role=status]').textContent = busy;
  if (file.size > Number(most)) pick({problem: 'too_heavy'});
  else try { pick({path: (await upload(file)).path}); } catch { pick({problem: 'failed'}); }
  field.value = '';
});
