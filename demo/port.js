/* The tags name their origins as `npm start` has them. On another port than 8080 the names follow the page's own, before the tag runs. */
new MutationObserver((changes) => {
  const port = location.port && `:${location.port}`;
  for (const { dataset } of changes.flatMap(({ addedNodes }) => [...addedNodes]))
    for (const name of ['frames', 'hosts'])
      if (dataset?.[name]) dataset[name] = dataset[name].replaceAll(':8080', port);
}).observe(document, { childList: true, subtree: true });
