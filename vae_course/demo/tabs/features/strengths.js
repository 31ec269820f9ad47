// The sliders' values, which other events of the tab take along to the server.
element.closest('[id^="tab-"]').addEventListener('slid', ({detail}) => { props.value = detail; });
