// Saves the GIF that the server made.
watch('value', () => {
  const made = element.querySelector('[data-gif]');
  if (!made) return;
  window.vaeCourse.saveFile(made.dataset.gif, 'image/gif', made.dataset.file);
  made.remove();
});
