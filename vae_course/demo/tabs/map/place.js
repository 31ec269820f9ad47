watch('value', () => element.closest('[id^="tab-"]').dispatchEvent(new Event('answered')));
